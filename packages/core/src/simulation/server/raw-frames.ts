import { deflateRawSync } from 'node:zlib'
import type { Frame } from '../../connector.ts'
import type { WireDamage } from '../fault/fault.ts'

const opcodes = { continuation: 0, text: 1, binary: 2 } as const

/** Bytes that a bomb grows to and that a huge frame has. */
const hugeBytes = 64 << 20

interface FrameHead {
  readonly opcode: number
  readonly bytes: number
  readonly last?: boolean
  readonly compressed?: boolean
}

/** The head of a WebSocket frame that a server sends. https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */
function frameHead({ opcode, bytes, last = true, compressed = false }: FrameHead): Buffer {
  const first = opcode | (last ? 0x80 : 0) | (compressed ? 0x40 : 0)
  if (bytes < 126) return Buffer.from([first, bytes])
  if (bytes < 0x1_0000) {
    const head = Buffer.from([first, 126, 0, 0])
    head.writeUInt16BE(bytes, 2)
    return head
  }
  const head = Buffer.alloc(10)
  head[0] = first
  head[1] = 127
  head.writeBigUInt64BE(BigInt(bytes), 2)
  return head
}

/** A whole frame as it goes over the wire. */
export function frameBytes(frame: Frame): Buffer {
  const payload = Buffer.from(frame)
  return Buffer.concat([frameHead({ opcode: typeof frame === 'string' ? opcodes.text : opcodes.binary, bytes: payload.length }), payload])
}

let bomb: Buffer | undefined

/** The bytes of a {@link WireDamage}, in parts that may be written one after another. */
export function* damagedBytes(damage: WireDamage): Generator<Buffer> {
  switch (damage) {
    case 'reset-mid-frame':
      yield Buffer.concat([frameHead({ opcode: opcodes.text, bytes: 100 }), Buffer.from('{"half":')])
      return
    case 'invalid-utf8':
      yield Buffer.concat([frameHead({ opcode: opcodes.text, bytes: 4 }), Buffer.from([0x22, 0xc3, 0x28, 0x22])])
      return
    case 'deflate-bomb': {
      // Made once: it takes longer than all the rest.
      bomb ??= deflateRawSync(Buffer.alloc(hugeBytes, 0x20))
      yield Buffer.concat([frameHead({ opcode: opcodes.text, bytes: bomb.length, compressed: true }), bomb])
      return
    }
    case 'huge-frame': {
      yield frameHead({ opcode: opcodes.text, bytes: hugeBytes })
      const part = Buffer.alloc(1 << 20, 0x20)
      for (let sent = 0; sent < hugeBytes; sent += part.length) yield part
      return
    }
    case 'million-fragments': {
      yield Buffer.concat([frameHead({ opcode: opcodes.text, bytes: 1, last: false }), Buffer.from(' ')])
      const fragment = Buffer.concat([frameHead({ opcode: opcodes.continuation, bytes: 1, last: false }), Buffer.from(' ')])
      const part = Buffer.alloc(fragment.length * 10_000, fragment)
      for (let sent = 0; sent < 1_000_000; sent += 10_000) yield part
      yield Buffer.concat([frameHead({ opcode: opcodes.continuation, bytes: 1 }), Buffer.from(' ')])
    }
  }
}
