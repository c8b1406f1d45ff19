import { type Clock, TrinityError, every, isTrinityError } from '@trinity/core'
import type { PriceService } from '../lpo/price-service.ts'
import { type StreamLimits, defaultStreamLimits, maxStreamAssets } from './limits.ts'
import { Line } from './line.ts'
import { goodbyeMessage } from './message.ts'
import type { Outlet } from './carrier/outlet.ts'
import type { StreamCharge } from './stream-meter.ts'
import { type SendQueues, readSendQueues } from './carrier/send-queues.ts'
import { Crowd, type NextTurn } from './pace/crowd.ts'
import { Trials } from './pace/trials.ts'
import { Audience, Reader, type Subscription } from './reader.ts'
import { Topic, snapshotMessage } from './topic.ts'

/** Tells which assets have a new price or proof; after an overrun any may have. */
export interface PriceChanges {
  /** @returns stops it */
  listen(onAsset: (asset: string) => void, onOverrun: () => void): () => void
}

/** What the hub works with. */
export interface StreamParts {
  readonly prices: Pick<PriceService, 'find' | 'fetch' | 'peek'>
  readonly changes: PriceChanges
  /** Counts what streams use. */
  readonly meter: StreamCharge
  readonly clock: Clock
  readonly limits?: Partial<StreamLimits>
  /** What the kernel holds for readers; in use it is asked itself. */
  readonly sendQueues?: () => Promise<SendQueues>
  readonly nextTurn?: NextTurn
}

/** How often time alone is looked at: prices that turned stale, readers that do not read. */
const checkMs = 500

/** How often the kernel is asked what readers have taken; that takes it a few milliseconds, whoever asks. */
const settleMs = 1000

/** Why assets had no price when they were asked for, by asset. */
export type Misses = ReadonlyMap<string, TrinityError>

/** Tells price changes to all streams: first to readers that have proved quick. One that is behind costs a change nothing. */
export class StreamHub {
  readonly clock: Clock
  readonly limits: StreamLimits
  readonly #parts: StreamParts
  readonly #audiences = new Map<string, Audience>()
  readonly #readers = new Set<Reader>()
  readonly #crowd: Crowd
  readonly #trials: Trials
  #settledAt = -Infinity
  #isSettling = false
  #stopChecks: (() => void) | undefined
  #stopped = false
  #stopListening: (() => void) | undefined

  constructor(parts: StreamParts) {
    this.#parts = parts
    this.clock = parts.clock
    this.limits = { ...defaultStreamLimits, ...parts.limits }
    this.#crowd = new Crowd(parts.clock, parts.nextTurn)
    this.#trials = new Trials(parts.clock)
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
   * Has assets fetched that are not listed or not fresh, which may take a while, and tells why the ones without a price have none.
   * @throws TrinityError `TRN_ASSET_UNKNOWN` when no venue lists any of them
   */
  async prepare(assets: readonly string[]): Promise<Misses> {
    const { prices } = this.#parts
    const misses = new Map<string, TrinityError>()
    const prepareOne = async (asset: string): Promise<void> => {
      try {
        if (prices.find({ asset }) === undefined) await prices.fetch({ asset })
      } catch (error) {
        misses.set(asset, known(error))
      }
    }
    await Promise.all(assets.map(prepareOne))
    const [first] = misses.values()
    if (first !== undefined && misses.size === assets.length && [...misses.values()].every(({ code }) => code === 'TRN_ASSET_UNKNOWN')) throw first
    return misses
  }

  /** Opens a stream of a key's holder that is told nothing yet. */
  join(outlet: Outlet, keyRow: number): Reader {
    const fare = this.#parts.meter.open(keyRow, this.clock.now())
    const reader = new Reader(fare, this.clock, this.#crowd, (onRoom) => new Line(outlet, this.clock, this.limits, onRoom))
    if (this.#readers.size === 0 && !this.#stopped) this.#wake()
    this.#readers.add(reader)
    this.#trials.add(reader)
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
    const audiences = assets.map((asset) => {
      this.#look(asset, now)
      return this.#audiences.get(asset) ?? this.#openAudience(asset, now)
    })
    for (const audience of audiences) {
      const old = reader.subscriptions.get(audience.topic)
      if (old !== undefined) this.#drop(old)
      // Dropped by its only holder, which now takes it anew.
      this.#audiences.set(audience.topic.asset, audience)
      reader.add(audience)
    }
    const topics = audiences.map(({ topic }) => topic)
    reader.line.write(snapshotMessage(topics, misses, now))
  }

  unsubscribe(reader: Reader, assets: readonly string[]): void {
    for (const asset of assets) {
      const audience = this.#audiences.get(asset)
      const subscription = audience === undefined ? undefined : reader.subscriptions.get(audience.topic)
      if (subscription !== undefined) this.#drop(subscription)
    }
  }

  /** Forgets a reader whose connection is gone. */
  leave(reader: Reader): void {
    if (!this.#readers.delete(reader)) return
    for (const subscription of reader.subscriptions.values()) this.#drop(subscription)
    this.#trials.remove(reader)
    this.#crowd.remove(reader)
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
    this.#stopListening = this.#parts.changes.listen(
      (asset) => this.#look(asset, this.clock.now()),
      () => this.#check(),
    )
    this.#stopChecks = every(this.clock, checkMs, () => this.#check())
  }

  #sleep(): void {
    this.#stopListening?.()
    this.#stopChecks?.()
  }

  #check(): void {
    const now = this.clock.now()
    for (const asset of this.#audiences.keys()) this.#look(asset, now)
    for (const { line, fare } of this.#readers) {
      const refusal = this.#parts.meter.renew(fare, now)
      if (refusal !== undefined) line.end(goodbyeMessage(refusal.code === 'TRN_KEY_REVOKED' ? 'revoked' : 'quota'), refusal.status)
      line.check(now)
    }
    if (!this.#isSettling && now - this.#settledAt >= settleMs) void this.#settle(now)
  }

  /** Looks who has taken what was written. */
  async #settle(now: number): Promise<void> {
    this.#isSettling = true
    this.#settledAt = now
    const queues = await (this.#parts.sendQueues ?? readSendQueues)()
    this.#isSettling = false
    for (const { line } of this.#readers) line.settle(queues)
    this.#trials.judge()
  }

  #openAudience(asset: string, now: number): Audience {
    const topic = new Topic(asset)
    topic.update(this.#parts.prices.peek(asset), now)
    return new Audience(topic)
  }

  #look(asset: string, now: number): void {
    const audience = this.#audiences.get(asset)
    if (audience?.topic.update(this.#parts.prices.peek(asset), now) === true) audience.tell()
  }

  #drop(subscription: Subscription): void {
    const { reader, audience } = subscription
    reader.drop(subscription)
    if (audience.holders.size === 0) this.#audiences.delete(audience.topic.asset)
  }
}

function known(error: unknown): TrinityError {
  if (isTrinityError(error)) return error
  throw error
}
