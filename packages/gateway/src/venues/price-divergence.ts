import type { BoardWriter, Clock, Directory, Listing, VenueLog } from '@trinity/core'
import { areFarApart } from './price-distance.ts'

/** What price divergence works with. */
export interface PriceDivergenceDeps {
  readonly directory: Directory
  readonly writer: BoardWriter
  readonly clock: Clock
  readonly log: VenueLog
  /** Age at which a price says too little about another to take something back. */
  readonly maxStaleMs: number
}

interface Verdict {
  readonly generation: number
  /** What the price is far from; undefined = it is close. */
  readonly farFrom: Listing | undefined
}

/** A price that nothing has proved for so long says nothing about another any more. */
const maxReferenceMs = 3_600_000

/** Currencies whose prices may be compared: they are worth about the same. */
const dollars: ReadonlySet<string> = new Set(['USD', 'USDT', 'USDC'])

/**
 * Compares the prices of an asset's listings, since one ticker may be two tokens. A listing that is more than 20 % away from a preferred one is
 * apart: it answers nobody but those who name its venue. A listing that comes as apart stays so until it was compared.
 */
export class PriceDivergence {
  readonly #deps: PriceDivergenceDeps
  /** By slot. */
  readonly #verdicts: (Verdict | undefined)[] = []

  constructor(deps: PriceDivergenceDeps) {
    this.#deps = deps
  }

  /** Compares the listings of an asset; to be called at each new price, before anybody hears of it. */
  check(asset: string): void {
    const listings = this.#deps.directory.ofAsset(asset)
    if (listings.length > 1 || listings[0]?.apart === true) this.#compare(listings)
  }

  /** Readings of an asset are over: a listing that has nothing to be compared with is no longer apart. */
  admit(asset: string): void {
    const { directory } = this.#deps
    this.check(asset)
    for (const { slot } of directory.ofAsset(asset)) {
      const listing = directory.ofSlot(slot)
      if (listing === undefined || !listing.apart || this.#verdictOf(listing) !== undefined || !this.#hasPrice(listing)) continue
      directory.update(listing, { apart: false })
      // It is what the others are compared with.
      this.check(asset)
    }
  }

  /** Why a listing is apart, in words; empty when it is not. */
  reason(listing: Listing): string {
    if (!listing.apart) return ''
    const farFrom = this.#verdictOf(listing)?.farFrom
    return farFrom === undefined ? 'not compared with other venues yet' : `its price is more than 20 % away from that of ${farFrom.venue}`
  }

  #compare(listings: readonly Listing[]): void {
    for (const listing of listings) {
      if (!this.#hasPrice(listing)) continue
      const isJudged = !listing.apart || this.#verdictOf(listing) !== undefined
      const reference = this.#referenceFor(listing, listings, isJudged)
      if (reference !== undefined) this.#judge(listing, reference)
      else if (listing.apart && this.#isOutvoting(listing, listings)) this.#admitAgain(listing)
      // What it was apart from is gone, and nobody is going to read it together with others.
      else if (!isJudged && !listing.onDemand) this.#deps.directory.update(listing, { apart: false })
    }
  }

  /** The most preferred listing that this one is compared with: one before it, or any where it is apart and has to be proved close. */
  #referenceFor(listing: Listing, listings: readonly Listing[], isJudged: boolean): Listing | undefined {
    const candidates = listing.apart ? listings : listings.slice(0, listings.indexOf(listing))
    const comparable = candidates.filter(
      (other) => other !== listing && !this.#isApart(other) && this.#hasPrice(other) && areComparable(listing, other),
    )
    const recent = this.#isRecent(listing) ? comparable.find((other) => this.#isRecent(other)) : undefined
    // Before its first comparison even an old price says more than none.
    return recent ?? (isJudged ? undefined : comparable.find((other) => this.#ageMs(other) <= maxReferenceMs))
  }

  /** Whether another recent listing agrees with it while nothing confirms what both are apart from. */
  #isOutvoting(listing: Listing, listings: readonly Listing[]): boolean {
    const { writer } = this.#deps
    const farFrom = this.#verdictOf(listing)?.farFrom
    if (farFrom === undefined || this.#isRecent(farFrom) || !this.#isRecent(listing)) return false
    return listings.some(
      (other) =>
        other !== listing &&
        other !== farFrom &&
        other.venue !== farFrom.venue &&
        this.#isRecent(other) &&
        areComparable(listing, other) &&
        !areFarApart(writer.price(listing.slot), writer.price(other.slot)),
    )
  }

  #admitAgain(listing: Listing): void {
    this.#verdicts[listing.slot] = { generation: listing.generation, farFrom: undefined }
    this.#deps.directory.update(listing, { apart: false })
    this.#deps.log.settle(
      `${listing.venue} ${listing.symbol} apart`,
      { asset: listing.asset, venue: listing.venue },
      'other venues agree with a price that was apart from one that nothing confirms',
    )
  }

  #judge(listing: Listing, reference: Listing): void {
    const { directory, writer, log } = this.#deps
    const apart = areFarApart(writer.price(listing.slot), writer.price(reference.slot))
    const wasFar = this.#verdictOf(listing)?.farFrom !== undefined
    this.#verdicts[listing.slot] = { generation: listing.generation, farFrom: apart ? reference : undefined }
    directory.update(listing, { apart })
    if (apart === wasFar) return
    const kind = `${listing.venue} ${listing.symbol} apart`
    const fields = { asset: listing.asset, venue: listing.venue, symbol: listing.symbol, from: reference.venue, fromSymbol: reference.symbol }
    if (apart) log.warn(kind, fields, 'prices of one asset are more than 20 % apart: perhaps two tokens')
    else log.settle(kind, fields, 'prices of one asset are close again')
  }

  /** As the directory has it now: another comparison may just have changed it. */
  #isApart(listing: Listing): boolean {
    return this.#deps.directory.ofSlot(listing.slot)?.apart ?? true
  }

  #verdictOf({ slot, generation }: Listing): Verdict | undefined {
    const verdict = this.#verdicts[slot]
    if (verdict?.generation !== generation) return undefined
    const { farFrom } = verdict
    return farFrom === undefined || this.#deps.directory.ofSlot(farFrom.slot)?.generation === farFrom.generation ? verdict : undefined
  }

  #hasPrice({ slot }: Listing): boolean {
    return this.#deps.writer.price(slot) !== ''
  }

  #isRecent(listing: Listing): boolean {
    return this.#ageMs(listing) <= this.#deps.maxStaleMs
  }

  #ageMs({ slot }: Listing): number {
    return this.#deps.clock.now() - this.#deps.writer.confirmedAt(slot)
  }
}

function areComparable(a: Listing, b: Listing): boolean {
  return a.currency === b.currency || (dollars.has(a.currency) && dollars.has(b.currency))
}
