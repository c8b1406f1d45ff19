import { randomFillSync } from 'node:crypto'
import { createSipHash } from '@trinity/udp'
import type { CallerDoor } from '../../access/caller-door.ts'

/** Most callers remembered; with one more, all are forgotten. */
export const maxCallers = 4096

/** Longer headers are looked up anew each time. */
const longestHeader = 512

/** A key of 16 random bytes, then the header, then its tag. */
const headerAt = 16

interface KnownCaller {
  /** The other half of the header's tag. */
  readonly low: number
  readonly row: number
  /** Of the key when it was identified: another one shows that it was revoked or that its row is another key's by now. */
  readonly epoch: number
}

const encoder = new TextEncoder()

/**
 * Remembers who an Authorization header belongs to, since hashing the key costs more than anything else that is done for a price. What is
 * kept is no key but a tag of 64 bits under a secret of this process, which nobody can aim at. Unknown callers are never kept, and a
 * revoked key is forgotten at once.
 */
export class KnownCallers {
  readonly #door: CallerDoor
  readonly #known = new Map<number, KnownCaller>()
  readonly #sip = createSipHash({ bytes: headerAt + longestHeader * 3 + 8 })
  readonly #header = this.#sip.memory.subarray(headerAt)
  readonly #view = new DataView(this.#sip.memory.buffer)

  constructor(door: CallerDoor) {
    this.#door = door
    randomFillSync(this.#sip.memory, 0, headerAt)
  }

  /**
   * The row of the key in a header.
   * @throws TrinityError `TRN_KEY_MISSING`, `TRN_KEY_INVALID`, `TRN_KEY_REVOKED`
   */
  rowOf(authorization: string | undefined): number {
    if (authorization === undefined || authorization.length > longestHeader) return this.#door.identify(authorization)
    const { written } = encoder.encodeInto(authorization, this.#header)
    this.#sip.tag(0, headerAt, written)
    const high = this.#view.getInt32(headerAt + written)
    const low = this.#view.getInt32(headerAt + written + 4)
    this.#header.fill(0, 0, written)
    const known = this.#known.get(high)
    if (known !== undefined && known.low === low && this.#door.keys.epoch(known.row) === known.epoch) return known.row
    const row = this.#door.identify(authorization)
    const epoch = this.#door.keys.epoch(row)
    // Found once more, for the row may have become another key's before its epoch was read.
    if (this.#door.identify(authorization) === row) this.#keep(high, { low, row, epoch })
    return row
  }

  #keep(high: number, caller: KnownCaller): void {
    if (this.#known.size === maxCallers) this.#known.clear()
    this.#known.set(high, caller)
  }
}
