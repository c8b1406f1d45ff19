import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** Random bytes of a key: 160 bits. */
const secretBytes = 20

/** Digits and small letters without i, l, o and u, which are easily misread. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

const form = new RegExp(`^trn_[${alphabet}]{39}$`)

/** A new API key: `trn_` and 39 characters, the last of which hold a CRC-32 of the rest. */
export function createApiKey(random: (size: number) => Uint8Array = randomBytes): string {
  const secret = Buffer.from(random(secretBytes))
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(secret))
  return `trn_${encode(Buffer.concat([secret, check]))}`
}

/** A new id for a key; it names the key in lists, logs and reports. */
export function createKeyId(random: (size: number) => Uint8Array = randomBytes): string {
  return `key_${encode(random(10))}`
}

/** Whether a text looks like the id of a key, which is no secret. */
export function hasIdForm(text: string): boolean {
  return /^key_\w{1,60}$/.test(text)
}

/** Whether a text looks like a key of ours; whether it is one, only its checksum tells. */
export function hasKeyForm(text: string): boolean {
  return text.startsWith('trn_')
}

/** Whether a key is as it was made: the right characters, the right number of them, the right checksum. */
export function isKeyIntact(key: string): boolean {
  if (!form.test(key)) return false
  const bytes = decode(key.slice(4))
  const secret = bytes.subarray(0, secretBytes)
  return crc32(secret) === bytes.readUInt32BE(secretBytes) && encode(bytes) === key.slice(4)
}

/** Five bits a character, zeros filling up the last one. */
function encode(bytes: Uint8Array): string {
  let [text, bits, count] = ['', 0, 0]
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xfff
    for (count += 8; count >= 5; count -= 5) text += alphabet[(bits >>> (count - 5)) & 31] ?? ''
  }
  return count === 0 ? text : text + (alphabet[(bits << (5 - count)) & 31] ?? '')
}

function decode(text: string): Buffer {
  const bytes: number[] = []
  let [bits, count] = [0, 0]
  for (const character of text) {
    bits = ((bits << 5) | alphabet.indexOf(character)) & 0xfff
    count += 5
    if (count < 8) continue
    count -= 8
    bytes.push((bits >>> count) & 255)
  }
  return Buffer.from(bytes)
}
