import {
  type AssetReader,
  type CounterBlock,
  type TrinityError,
  type UsageProtocol,
  type UsageRecorder,
  noWireId,
  usageProtocols,
} from '@trinity/core'
import type { FastifyRequest } from 'fastify'
import { durationBucket } from '../metrics/durations.ts'
import { firstDurationCell } from '../metrics/serving-counters.ts'
import { unmetered } from './caller-hook.ts'
import type { ServedPrice } from './price-service.ts'

/** Counts the prices that a door answers with, each request before its answer leaves. */
export class LpoMeter {
  readonly #usage: UsageRecorder
  readonly #counters: CounterBlock
  readonly #assets: AssetReader
  readonly #protocol: UsageProtocol
  readonly #cells

  constructor(usage: UsageRecorder, counters: CounterBlock, assets: AssetReader, protocol: UsageProtocol = usageProtocols.http) {
    this.#protocol = protocol
    this.#usage = usage
    this.#counters = counters
    this.#assets = assets
    this.#cells = {
      stale: counters.indexOf('stale_served'),
      misses: counters.indexOf('price_misses'),
      auth: counters.indexOf('auth_failures'),
      overloaded: counters.indexOf('overloaded'),
      microseconds: counters.indexOf('duration_microseconds'),
    }
  }

  /** One price; durations are those of HTTP. */
  price(keyRow: number, { asset, wireId, tierNumber, stale }: ServedPrice, durationMs?: number): void {
    this.#usage.record(keyRow, this.#assets.entryOf(asset), wireId, tierNumber, this.#protocol, 200)
    if (stale) this.#counters.add(this.#cells.stale, 1)
    if (durationMs !== undefined) this.#duration(durationMs)
  }

  /** Several prices, which are one request. */
  prices(keyRow: number, prices: readonly ServedPrice[], misses: number, durationMs: number): void {
    this.#usage.record(keyRow, -1, noWireId, 0, this.#protocol, 200)
    const stale = prices.filter((price) => price.stale).length
    if (stale > 0) this.#counters.add(this.#cells.stale, stale)
    if (misses > 0) this.#counters.add(this.#cells.misses, misses)
    this.#duration(durationMs)
  }

  /** An error answer; on public paths nothing is counted. */
  refusal({ keyRow }: Pick<FastifyRequest, 'keyRow'>, { code, status }: TrinityError): void {
    if (keyRow === unmetered) return
    this.#usage.record(keyRow, -1, noWireId, 0, this.#protocol, status)
    const cell = this.#cellOf(code)
    if (cell !== undefined) this.#counters.add(cell, 1)
  }

  #cellOf(code: TrinityError['code']): number | undefined {
    if (code === 'TRN_OVERLOADED') return this.#cells.overloaded
    if (code.startsWith('TRN_KEY_')) return this.#cells.auth
    return code.startsWith('TRN_PRICE_') || code === 'TRN_ASSET_UNKNOWN' || code === 'TRN_QUOTE_UNAVAILABLE' ? this.#cells.misses : undefined
  }

  #duration(ms: number): void {
    this.#counters.add(firstDurationCell + durationBucket(ms), 1)
    this.#counters.add(this.#cells.microseconds, Math.round(ms * 1000))
  }
}
