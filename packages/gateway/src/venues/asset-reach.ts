import { type AssetNames, type AssetTable, type Clock, type Directory, type Venue } from '@trinity/core'

/** What it works with. */
export interface AssetReachDeps {
  readonly assets: AssetTable
  readonly directory: Directory
  readonly names: AssetNames
  readonly clock: Clock
}

interface Reach {
  readonly listed: boolean
  readonly elsewhere: boolean
}

/** Longest time that an asset without listing may still get one after a start. */
const awaitMs = 60_000

const nowhere: Reach = { listed: false, elsewhere: false }

/**
 * Tells the serving threads where else an asset could be read: what some venue with a REST interface trades can be fetched on demand, and what
 * another venue trades in the same currency can stand in for a venue that is down.
 */
export class AssetReach {
  readonly #deps: AssetReachDeps
  #reach: ReadonlyMap<string, Reach> = new Map()
  #cancel: (() => void) | undefined
  #isAwaiting = false

  constructor(deps: AssetReachDeps) {
    this.#deps = deps
  }

  start(venues: readonly Venue[]): void {
    this.#isAwaiting = true
    this.#cancel = this.#deps.clock.after(awaitMs, () => {
      this.#isAwaiting = false
      this.update(venues)
    })
    this.update(venues)
  }

  stop(): void {
    this.#cancel?.()
  }

  /** Whether a venue's listing that has not been read may still be waited for. */
  get awaitsListings(): boolean {
    return this.#isAwaiting
  }

  /** Looks at the venues' listings anew. */
  update(venues: readonly Venue[]): void {
    const { assets, names } = this.#deps
    const next = this.#read(venues)
    for (const asset of new Set([...this.#reach.keys(), ...next.keys()])) {
      const [before, now] = [this.#reach.get(asset) ?? nowhere, next.get(asset) ?? nowhere]
      if (before.listed === now.listed && before.elsewhere === now.elsewhere) continue
      for (const name of [asset, ...names.aliases(asset)]) assets.setReach(name, now)
    }
    this.#reach = next
    assets.setAwaitsListings(this.#isAwaiting && venues.some(({ instruments }) => instruments.isUnread))
  }

  #read(venues: readonly Venue[]): ReadonlyMap<string, Reach> {
    const { directory } = this.#deps
    const reach = new Map<string, Reach>()
    for (const venue of venues) {
      for (const asset of venue.reader === undefined ? [] : venue.instruments.listed()) {
        const first = directory.ofAsset(asset).find(({ onDemand }) => !onDemand)
        const isElsewhere =
          first !== undefined && first.venue !== venue.connector.name && venue.instruments.resolve(asset, first.currency)?.status === 'trading'
        reach.set(asset, { listed: true, elsewhere: (reach.get(asset)?.elsewhere ?? false) || isElsewhere })
      }
    }
    return reach
  }
}
