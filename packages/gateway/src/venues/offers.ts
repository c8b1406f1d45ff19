import type { AssetTable } from '@trinity/core'
import type { Venue } from './venue.ts'

/** Keeps the asset table told of what could be fetched on demand: everything that some venue with a REST interface trades. */
export class Offers {
  readonly #assets: AssetTable
  #offered: ReadonlySet<string> = new Set()

  constructor(assets: AssetTable) {
    this.#assets = assets
  }

  /** Looks at the venues' listings anew. */
  update(venues: readonly Venue[]): void {
    const offered = new Set(venues.flatMap((venue) => (venue.reader === undefined ? [] : [...venue.book.offered()])))
    for (const asset of this.#offered) if (!offered.has(asset)) this.#assets.setOffered(asset, false)
    for (const asset of offered) if (!this.#offered.has(asset)) this.#assets.setOffered(asset, true)
    this.#offered = offered
  }
}
