import { type BoardWriter, type Clock, type Directory, TrinityError, every, isTrinityError } from '@trinity/core'
import type { PriceService, ServedPrice } from '../lpo/price-service.ts'
import { type StreamLimits, defaultStreamLimits, maxStreamAssets } from './limits.ts'
import { Line } from './line.ts'
import { goodbyeMessage } from './message.ts'
import type { Outlet } from './carrier/outlet.ts'
import { Reader, type Subscription } from './reader.ts'
import { Topic, snapshotMessage } from './topic.ts'

/** What the hub works with. */
export interface StreamParts {
  readonly prices: PriceService
  readonly writer: BoardWriter
  readonly directory: Directory
  readonly clock: Clock
  readonly limits?: Partial<StreamLimits>
}

/** How often time alone is looked at: prices that turned stale, readers that do not read. */
const checkMs = 500

/** A topic, all who hold it, and those of them who are up to date and want to hear of the next change. */
interface Entry {
  readonly topic: Topic
  readonly holders: Set<Subscription>
  readonly listeners: Set<Subscription>
}

/** Why assets had no price when they were asked for, by asset. */
export type Misses = ReadonlyMap<string, TrinityError>

/** Tells price changes to all streams. A change is written once and costs a reader that is behind nothing. */
export class StreamHub {
  readonly clock: Clock
  readonly limits: StreamLimits
  readonly #parts: StreamParts
  readonly #topics = new Map<string, Entry>()
  readonly #readers = new Set<Reader>()
  #stopChecks: (() => void) | undefined
  #stopped = false
  readonly #onPrice = (slot: number): void => {
    const asset = this.#parts.directory.ofSlot(slot)?.asset
    if (asset !== undefined) this.#look(asset, this.clock.now())
  }

  constructor(parts: StreamParts) {
    this.#parts = parts
    this.clock = parts.clock
    this.limits = { ...defaultStreamLimits, ...parts.limits }
  }

  /** Open streams. */
  get readers(): number {
    return this.#readers.size
  }

  /** @throws TrinityError `TRN_OVERLOADED` when no stream more is taken */
  demandRoom(): void {
    if (this.#stopped) throw new TrinityError('TRN_OVERLOADED', 'The server is stopping; connect again in a second.')
    if (this.#readers.size >= this.limits.readers) throw new TrinityError('TRN_OVERLOADED', 'Too many streams are open; try again in a minute.')
  }

  /**
   * Has assets that nobody lists fetched, which may take a while, and tells why the ones without a price have none.
   * @throws TrinityError `TRN_ASSET_UNKNOWN` when no venue lists any of them
   */
  async prepare(assets: readonly string[]): Promise<Misses> {
    const misses = new Map<string, TrinityError>()
    const unlisted = assets.filter((asset) => this.#find(asset) === undefined)
    const fetches = unlisted.map(async (asset) => this.#parts.prices.fetch({ asset }).catch((error: unknown) => void misses.set(asset, known(error))))
    await Promise.all(fetches)
    const [first] = misses.values()
    if (first !== undefined && misses.size === assets.length && [...misses.values()].every(({ code }) => code === 'TRN_ASSET_UNKNOWN')) throw first
    return misses
  }

  /** Opens a stream that is told nothing yet. */
  join(outlet: Outlet): Reader {
    const reader = new Reader(this.clock, (onRoom) => new Line(outlet, this.clock, this.limits, onRoom))
    if (this.#readers.size === 0 && !this.#stopped) this.#wake()
    this.#readers.add(reader)
    return reader
  }

  /**
   * Tells a reader how assets stand and from then on how they change; those it has already are told once more.
   * @throws TrinityError `TRN_BAD_REQUEST` when that would be too many
   */
  subscribe(reader: Reader, assets: readonly string[], misses: Misses): void {
    const held = [...reader.subscriptions.keys()].map(({ asset }) => asset)
    if (new Set([...held, ...assets]).size > maxStreamAssets)
      throw new TrinityError('TRN_BAD_REQUEST', `assets: a stream holds at most ${maxStreamAssets} of them.`)
    if (!this.#readers.has(reader)) return
    const now = this.clock.now()
    const entries = assets.map((asset) => {
      this.#look(asset, now)
      return this.#topics.get(asset) ?? this.#openTopic(asset, now)
    })
    for (const { topic } of entries) {
      const old = reader.subscriptions.get(topic)
      if (old !== undefined) this.#drop(old)
    }
    const topics = entries.map(({ topic }) => topic)
    for (const entry of entries) {
      const { topic, holders, listeners } = entry
      // Dropped by its only holder, which now takes it anew.
      this.#topics.set(topic.asset, entry)
      const subscription = reader.add(topic, listeners)
      holders.add(subscription)
      listeners.add(subscription)
    }
    reader.line.write(snapshotMessage(topics, misses, now))
  }

  unsubscribe(reader: Reader, assets: readonly string[]): void {
    for (const asset of assets) {
      const entry = this.#topics.get(asset)
      const subscription = entry === undefined ? undefined : reader.subscriptions.get(entry.topic)
      if (subscription !== undefined) this.#drop(subscription)
    }
  }

  /** Forgets a reader whose connection is gone. */
  leave(reader: Reader): void {
    if (!this.#readers.delete(reader)) return
    for (const subscription of reader.subscriptions.values()) this.#drop(subscription)
    if (this.#readers.size === 0) this.#sleep()
  }

  /** Says goodbye to every reader and takes no new one. */
  stop(): void {
    this.#stopped = true
    for (const { line } of this.#readers) line.end(goodbyeMessage('stopping'))
    this.#sleep()
  }

  /** Ends what a goodbye did not. */
  cut(): void {
    for (const { line } of this.#readers) line.cut()
  }

  #wake(): void {
    this.#parts.writer.on('price', this.#onPrice)
    this.#stopChecks = every(this.clock, checkMs, () => this.#check())
  }

  #sleep(): void {
    this.#parts.writer.off('price', this.#onPrice)
    this.#stopChecks?.()
  }

  #check(): void {
    const now = this.clock.now()
    for (const asset of this.#topics.keys()) this.#look(asset, now)
    for (const { line } of this.#readers) line.check(now)
  }

  #openTopic(asset: string, now: number): Entry {
    const topic = new Topic(asset)
    topic.update(this.#find(asset), now)
    const entry = { topic, holders: new Set<Subscription>(), listeners: new Set<Subscription>() }
    this.#topics.set(asset, entry)
    return entry
  }

  #look(asset: string, now: number): void {
    const entry = this.#topics.get(asset)
    if (entry === undefined || !entry.topic.update(this.#find(asset), now)) return
    for (const subscription of entry.listeners) subscription.reader.tell(subscription)
  }

  #find(asset: string): ServedPrice | undefined {
    try {
      return this.#parts.prices.find({ asset })
    } catch (error) {
      if (isTrinityError(error)) return undefined
      throw error
    }
  }

  #drop(subscription: Subscription): void {
    const { topic, reader } = subscription
    reader.subscriptions.delete(topic)
    const entry = this.#topics.get(topic.asset)
    if (entry === undefined) return
    entry.holders.delete(subscription)
    entry.listeners.delete(subscription)
    if (entry.holders.size === 0) this.#topics.delete(topic.asset)
  }
}

function known(error: unknown): TrinityError {
  if (isTrinityError(error)) return error
  throw error
}
