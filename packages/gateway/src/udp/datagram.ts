import { type UdpBatch, slotBytes, sourceWords } from './transport/transport.ts'

/** The datagram being handled and the place for its answer: one record, filled anew for each item of each batch. */
export class Datagram {
  /** Holds both; what lies behind `length` is of another sender. */
  readonly memory: Uint8Array
  at = 0
  length = 0
  /** Where the answer goes. */
  answerAt = 0
  /** Bytes of the answer; 0 = none. */
  answerLength = 0
  /** {@link sourceWords} of the sender begin at `sourceAt`. */
  source: Int32Array
  sourceAt = 0
  /** On the clock that is never set, from which ages are counted. */
  nowMs = 0
  /** The machine's own time in epoch milliseconds, for the wire and for months, and in the two halves that the wire wants. */
  utcMs = 0
  utcHigh = 0
  utcLow = 0
  monotonicMs = 0

  constructor(memory: Uint8Array) {
    this.memory = memory
    this.source = new Int32Array(sourceWords)
  }

  take(batch: UdpBatch, item: number): void {
    this.at = batch.rxStart + item * slotBytes
    this.length = batch.rxLength[item] ?? 0
    this.answerAt = batch.txStart + item * slotBytes
    this.answerLength = 0
    this.source = batch.source
    this.sourceAt = item * sourceWords
  }
}
