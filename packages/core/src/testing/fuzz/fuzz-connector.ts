import { createBoard } from '../../board/board.ts'
import { BoardReading, readSlot } from '../../board/reader.ts'
import { BoardWriter } from '../../board/writer.ts'
import type { Connector, FeedEvent } from '../../connector.ts'
import { demand } from '../check.ts'
import { type ConnectorFixtures, incomingFrames, showFrame } from '../fixtures.ts'
import { seededRandom } from '../seeded-random.ts'
import { fuzzFrame } from './fuzz-frame.ts'

/** How long and how a connector is fuzzed. */
export interface FuzzOptions {
  readonly frames: number
  /** The same seed gives the same frames. */
  readonly seed: number
}

/** What came of it. Any of the lists that is not empty is a fault; each holds at most ten lines. */
export interface FuzzReport {
  readonly frames: number
  /** Ticks that the connector made of the frames. */
  readonly ticks: number
  /** Prices that reached the board. */
  readonly shown: number
  readonly crashes: readonly string[]
  /** Prices on the board that are no positive numbers. */
  readonly badPrices: readonly string[]
}

const maxFaults = 10

/** Positive, finite, and written as a JSON number; said here in other words than the code under test uses. */
const numberPattern = /^(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

const isGoodPrice = (text: string): boolean => numberPattern.test(text) && Number(text) > 0 && Number(text) < Infinity

/** Sends broken frames through a connector and a board, and looks at every price that the board shows. */
export function fuzzConnector(connector: Connector, fixtures: ConnectorFixtures, { frames, seed }: FuzzOptions): FuzzReport {
  // Frames with trades come more often: it is there that a wrong price can slip through.
  const seeds = incomingFrames(fixtures).flatMap(({ frame, events }) =>
    events.some(({ kind }) => kind === 'tick') ? [frame, frame, frame] : [frame],
  )
  demand(
    incomingFrames(fixtures).some(({ events }) => events.some(({ kind }) => kind === 'tick')),
    'There is no frame with a trade to change. Write frames as the venue sends them into fixtures/*.jsonl, each with the events that it means.',
  )
  const random = seededRandom(seed)
  const target = new BoardUnderFuzz(fixtures)
  const crashes: string[] = []
  const badPrices: string[] = []
  let ticks = 0
  let shown = 0
  const note = (list: string[], words: string): void => {
    if (list.length < maxFaults) list.push(words)
  }
  for (let i = 0; i < frames; i++) {
    const frame = fuzzFrame(seeds, random)
    try {
      for (const event of connector.decode(frame)) {
        if (event.kind !== 'tick') continue
        ticks++
        const price = target.apply(event)
        if (price === undefined) continue
        shown++
        if (!isGoodPrice(price)) note(badPrices, `frame ${i}: the board shows '${price}' after ${showFrame(frame)}`)
      }
    } catch (error) {
      note(crashes, `frame ${i}: ${String(error)} on ${showFrame(frame)}`)
    }
  }
  return { frames, ticks, shown, crashes, badPrices }
}

type TickEvent = Extract<FeedEvent, { readonly kind: 'tick' }>

/** A board with a slot for each symbol of the fixtures. Its slots start anew now and then, so that no far time rules for ever. */
class BoardUnderFuzz {
  readonly #slots: ReadonlyMap<string, number>
  readonly #generations: number[]
  readonly #board
  readonly #writer: BoardWriter
  readonly #reading = new BoardReading()
  readonly #now: number
  #applied = 0

  constructor(fixtures: ConnectorFixtures) {
    const ticks = incomingFrames(fixtures).flatMap(({ events }) => events.filter((event) => event.kind === 'tick'))
    this.#slots = new Map([...new Set(ticks.map(({ symbol }) => symbol))].map((symbol, slot) => [symbol, slot]))
    this.#now = Math.max(...ticks.map(({ at }) => at ?? 0)) + 1000
    this.#board = createBoard(this.#slots.size)
    this.#writer = new BoardWriter(this.#board, 9000)
    this.#generations = [...this.#slots.values()].map((slot) => this.#open(slot))
  }

  /** The price on the board after the tick; undefined when it changed nothing. */
  apply({ symbol, price, at, id, backfill }: TickEvent): string | undefined {
    const slot = this.#slots.get(symbol)
    if (slot === undefined) return undefined
    if (++this.#applied % 2 === 0) this.#generations[slot] = this.#open(slot)
    const proof = at === undefined || backfill ? { askedAt: this.#now - 1000 } : {}
    const verdict = this.#writer.apply(slot, { price, at: at ?? null, id: id ?? null, tier: 'L1_MEMORY', ...proof }, this.#now, true)
    if (verdict !== 'replaces') return undefined
    return readSlot(this.#board, slot, this.#generations[slot] ?? 0, this.#reading) ? this.#reading.price : 'nothing'
  }

  #open(slot: number): number {
    return this.#writer.open(slot, { currencyCode: 0, freshnessLimitMs: 30_000 })
  }
}
