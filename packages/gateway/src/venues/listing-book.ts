import { type Clock, type Connector, type Pair, type RestReader, TrinityError, symbolCandidates } from '@trinity/core'
import { offeredAssets } from './offered-assets.ts'

/** What a venue's own listing says of a symbol; `unknown` while no listing was read. */
export type ListingStatus = 'tradable' | 'suspended' | 'absent' | 'unknown'

const dayMs = 86_400_000
const firstRetryMs = 60_000

/** A venue's own listing, read at start and then daily; a failed reading is tried again, with the old one kept. */
export class ListingBook {
  readonly #connector: Connector
  readonly #reader: RestReader | undefined
  readonly #clock: Clock
  readonly #onChange: () => void
  readonly #onTrouble: (error: unknown) => void
  #tradable: ReadonlyMap<string, boolean> | undefined
  #cancel: (() => void) | undefined
  #stopped = false

  constructor(connector: Connector, reader: RestReader | undefined, clock: Clock, onChange: () => void, onTrouble: (error: unknown) => void) {
    this.#connector = connector
    this.#reader = reader
    this.#clock = clock
    this.#onChange = onChange
    this.#onTrouble = onTrouble
  }

  start(): void {
    if (this.#reader !== undefined) void this.#load(this.#reader, firstRetryMs)
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
  }

  status(symbol: string): ListingStatus {
    if (this.#tradable === undefined) return 'unknown'
    const tradable = this.#tradable.get(symbol)
    return tradable === undefined ? 'absent' : tradable ? 'tradable' : 'suspended'
  }

  /** Tickers that the venue trades; empty while no listing was read. */
  offered(): ReadonlySet<string> {
    const tradable = [...(this.#tradable ?? [])].filter(([, isTradable]) => isTradable).map(([symbol]) => symbol)
    return offeredAssets(this.#connector, new Set(tradable))
  }

  /**
   * The symbol of an asset: the first of its candidates that the venue trades. Without a listing at hand that is simply
   * the first; with one, undefined says that the venue does not trade the asset.
   */
  resolve(asset: string, quote?: string): (Pair & { readonly symbol: string }) | undefined {
    const candidates = symbolCandidates(this.#connector, asset).filter((candidate) => quote === undefined || candidate.quote === quote)
    return this.#tradable === undefined ? candidates[0] : candidates.find(({ symbol }) => this.status(symbol) === 'tradable')
  }

  async #load(reader: RestReader, retryMs: number): Promise<void> {
    let waitMs = dayMs
    let nextRetryMs = firstRetryMs
    try {
      const listed = await reader.list()
      if (listed === undefined) return
      if (listed.length === 0)
        throw new TrinityError('TRN_VENUE_UNAVAILABLE', `The listing of ${this.#connector.name} is empty or has an unknown shape.`)
      this.#tradable = new Map(listed.map(({ symbol, tradable }) => [symbol, tradable]))
      if (!this.#stopped) this.#onChange()
    } catch (error) {
      waitMs = retryMs
      nextRetryMs = Math.min(retryMs * 2, dayMs)
      if (!this.#stopped) this.#onTrouble(error)
    }
    if (!this.#stopped) this.#cancel = this.#clock.after(waitMs, () => void this.#load(reader, nextRetryMs))
  }
}
