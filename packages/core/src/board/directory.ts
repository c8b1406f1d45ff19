import { TrinityError } from '../errors.ts'
import { currencyCode } from '../price.ts'
import type { BoardWriter } from './writer.ts'

/** A symbol of a venue that the board has a slot for. */
export interface Listing {
  readonly venue: string
  /** Upper-case ticker, the name callers use. */
  readonly asset: string
  /** The venue's own symbol. */
  readonly symbol: string
  /** What the price is quoted in. */
  readonly currency: string
  readonly slot: number
  readonly generation: number
  /** Fetched because somebody asked for it, and given up when nobody does any more. */
  readonly onDemand: boolean
  /** Whether the venue has halted its market. */
  readonly halted: boolean
  /**
   * Its price is more than 20 % away from that of a listing before it, or not yet compared: it may be another token, so it answers only callers
   * who name its venue.
   */
  readonly apart: boolean
}

/** What has to be said of a listing to add it; the directory finds the slot. */
export type NewListing = Omit<Listing, 'slot' | 'generation' | 'halted' | 'apart'> &
  Partial<Pick<Listing, 'halted' | 'apart'>> & { readonly freshnessLimitMs: number }

/** Told after each change of an asset's listings: all that are left of them, best first. */
export type DirectoryObserver = (asset: string, listings: readonly Listing[]) => void

/** Which listings there are, by asset in the order of preference and by venue symbol. */
export class Directory {
  readonly #writer: BoardWriter
  readonly #rank: (listing: Listing) => number
  readonly #observe: DirectoryObserver
  readonly #byAsset = new Map<string, Listing[]>()
  readonly #bySymbol = new Map<string, Listing>()
  readonly #bySlot: (Listing | undefined)[] = []
  readonly #freeSlots: number[]

  /** @param rank orders the listings of an asset, lowest first */
  constructor(writer: BoardWriter, slotCount: number, rank: (listing: Listing) => number, observe: DirectoryObserver = () => {}) {
    this.#writer = writer
    this.#rank = rank
    this.#observe = observe
    this.#freeSlots = Array.from({ length: slotCount }, (_, i) => slotCount - 1 - i)
  }

  /**
   * Adds a listing and opens its slot. One that is there already keeps its slot and price; if it was on demand and is not any more,
   * it stays for good.
   * @throws TrinityError `TRN_BOARD_FULL`
   */
  add(listing: NewListing): Listing {
    const known = this.#bySymbol.get(symbolKey(listing.venue, listing.symbol))
    if (known !== undefined) return known.onDemand && !listing.onDemand ? this.#keep(known) : known
    const slot = this.#freeSlots.pop()
    if (slot === undefined) throw new TrinityError('TRN_BOARD_FULL', `No board slot is left for ${listing.symbol} of ${listing.venue}.`)
    const { freshnessLimitMs, halted = false, apart = false, ...facts } = listing
    const generation = this.#writer.open(slot, { currencyCode: currencyCode(listing.currency), freshnessLimitMs })
    this.#writer.setHalted(slot, halted)
    return this.#tell(this.#enter({ ...facts, halted, apart, slot, generation }))
  }

  /** Changes what is known of a listing's market; the listing as it is from now on. */
  update(listing: Listing, change: Partial<Pick<Listing, 'halted' | 'apart'>>): Listing {
    const { halted = listing.halted, apart = listing.apart } = change
    if (this.#bySlot[listing.slot] !== listing || (halted === listing.halted && apart === listing.apart)) return listing
    this.#writer.setHalted(listing.slot, halted)
    const changed = { ...listing, halted, apart }
    this.#bySymbol.set(symbolKey(listing.venue, listing.symbol), changed)
    this.#bySlot[listing.slot] = changed
    this.#byAsset.set(
      listing.asset,
      this.ofAsset(listing.asset).map((other) => (other === listing ? changed : other)),
    )
    return this.#tell(changed)
  }

  /** Removes a listing; its slot is emptied, so that a reader that still knows it finds nothing. */
  remove(listing: Listing): void {
    if (this.#bySlot[listing.slot] !== listing) return
    this.#leave(listing)
    this.#tell(listing)
    this.#writer.open(listing.slot, { currencyCode: 255, freshnessLimitMs: 0 })
    this.#freeSlots.push(listing.slot)
  }

  /** The listings of an asset, best first; empty for an unknown one. */
  ofAsset(asset: string): readonly Listing[] {
    return this.#byAsset.get(asset) ?? []
  }

  ofSymbol(venue: string, symbol: string): Listing | undefined {
    return this.#bySymbol.get(symbolKey(venue, symbol))
  }

  ofSlot(slot: number): Listing | undefined {
    return this.#bySlot[slot]
  }

  /** All listings, or those of one venue, in the order they came. */
  list(venue?: string): readonly Listing[] {
    const all = [...this.#bySymbol.values()]
    return venue === undefined ? all : all.filter((listing) => listing.venue === venue)
  }

  #keep(listing: Listing): Listing {
    this.#leave(listing)
    return this.#tell(this.#enter({ ...listing, onDemand: false }))
  }

  #tell(listing: Listing): Listing {
    this.#observe(listing.asset, this.ofAsset(listing.asset))
    return listing
  }

  #enter(listing: Listing): Listing {
    this.#bySymbol.set(symbolKey(listing.venue, listing.symbol), listing)
    this.#bySlot[listing.slot] = listing
    const listings = [...this.ofAsset(listing.asset), listing]
    this.#byAsset.set(
      listing.asset,
      listings.sort((a, b) => this.#rank(a) - this.#rank(b)),
    )
    return listing
  }

  #leave(listing: Listing): void {
    this.#bySlot[listing.slot] = undefined
    this.#bySymbol.delete(symbolKey(listing.venue, listing.symbol))
    const rest = this.ofAsset(listing.asset).filter((other) => other !== listing)
    if (rest.length === 0) this.#byAsset.delete(listing.asset)
    else this.#byAsset.set(listing.asset, rest)
  }
}

const symbolKey = (venue: string, symbol: string): string => `${venue} ${symbol}`
