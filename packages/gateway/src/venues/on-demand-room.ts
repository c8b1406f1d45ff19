import { type Directory, TrinityError } from '@trinity/core'
import type { AssetMarket } from './asset-market.ts'

/** Bounds what is listed on demand, so that the listings of configured assets always find room on the board. */
export class OnDemandRoom {
  readonly #directory: Directory
  readonly #mostListings: number

  constructor(directory: Directory, mostListings: number) {
    this.#directory = directory
    this.#mostListings = mostListings
  }

  /** To be called before markets are listed. @throws TrinityError `TRN_OVERLOADED` when those that are not listed yet would be too many */
  require(markets: readonly AssetMarket[]): void {
    const added = markets.filter(({ venue, symbol }) => this.#directory.ofSymbol(venue.connector.name, symbol) === undefined).length
    if (added > 0 && this.#count() + added > this.#mostListings) throw tooManyAssets()
  }

  #count(): number {
    return this.#directory.list().filter(({ onDemand }) => onDemand).length
  }
}

/** Refuses a request for one more asset on demand. */
export function tooManyAssets(): TrinityError {
  return new TrinityError('TRN_OVERLOADED', 'Too many assets outside the prewarmed lists are in use; try again in a few minutes.')
}
