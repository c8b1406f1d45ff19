import { type TransportFailures, type UdpBatch, type UdpBinding, batchSlots, slotBytes, sourceWords } from './transport.ts'

/** Places of {@link SharedBatch.counters}. */
export const counter = { thrown: 0, oversize: 1, unsent: 2 } as const

/** A batch together with the block of memory that the native addon reads and writes; its layout is `shared_t` of udp_batch.c. */
export interface SharedBatch {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly batch: UdpBatch
  readonly counters: Uint32Array<ArrayBuffer>
  readonly failures: TransportFailures
}

/** Lays out what one socket needs, once and for all of its batches. */
export function createSharedBatch({ memory, memoryStart }: UdpBinding): SharedBatch {
  const lengthBytes = batchSlots * Uint16Array.BYTES_PER_ELEMENT
  const sourceBytes = batchSlots * sourceWords * Int32Array.BYTES_PER_ELEMENT
  const counterCount = Object.keys(counter).length
  const buffer = new ArrayBuffer(2 * lengthBytes + sourceBytes + counterCount * Uint32Array.BYTES_PER_ELEMENT)
  const counters = new Uint32Array(buffer, 2 * lengthBytes + sourceBytes, counterCount)
  const count = (place: number): number => counters[place] ?? 0
  return {
    bytes: new Uint8Array(buffer),
    batch: {
      memory,
      rxStart: memoryStart,
      txStart: memoryStart + batchSlots * slotBytes,
      first: 0,
      end: 0,
      rxLength: new Uint16Array(buffer, 0, batchSlots),
      txLength: new Uint16Array(buffer, lengthBytes, batchSlots),
      source: new Int32Array(buffer, 2 * lengthBytes, batchSlots * sourceWords),
    },
    counters,
    failures: {
      get handler() {
        return count(counter.thrown) + count(counter.oversize)
      },
      get send() {
        return count(counter.unsent)
      },
    },
  }
}
