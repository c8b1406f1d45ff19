const dot = 0x2e
const colon = 0x3a
const percent = 0x25
const groups = new Uint16Array(8)

/**
 * Writes a sender's address, as node:dgram gives it, into `words` from `at` on: see {@link sourceWords}. Reads it digit by digit, since
 * it is done for every datagram.
 */
export function writeSource(address: string, port: number, words: Int32Array, at = 0): void {
  words[at + 4] = port
  let value = 0
  let word = 0
  for (let i = 0; i < address.length; i++) {
    const code = address.charCodeAt(i)
    if (code === dot) {
      word = (word << 8) | value
      value = 0
    } else if (code >= 0x30 && code <= 0x39) {
      value = value * 10 + code - 0x30
    } else {
      writeIpv6(address, words, at)
      return
    }
  }
  words[at] = words[at + 1] = 0
  words[at + 2] = 0xffff
  words[at + 3] = (word << 8) | value
}

function writeIpv6(address: string, words: Int32Array, at: number): void {
  groups.fill(0)
  let count = 0
  let gap = -1
  let value = 0
  let start = 0
  let i = 0
  for (; i < address.length; i++) {
    const code = address.charCodeAt(i)
    if (code === percent) break
    if (code === dot) {
      // The last 32 bits in decimal: ::ffff:192.0.2.1
      writeSource(address.slice(start), 0, ipv4)
      groups[count++] = (ipv4[3] ?? 0) >>> 16
      value = (ipv4[3] ?? 0) & 0xffff
      break
    }
    if (code !== colon) {
      value = value * 16 + (code <= 0x39 ? code - 0x30 : (code | 0x20) - 0x57)
    } else if (i > start) {
      groups[count++] = value
      value = 0
      start = i + 1
    } else {
      gap = count
      start = i + 1
    }
  }
  if (i > start) groups[count++] = value
  if (gap >= 0) {
    groups.copyWithin(8 - (count - gap), gap, count)
    groups.fill(0, gap, 8 - (count - gap))
  }
  for (let word = 0; word < 4; word++) words[at + word] = ((groups[2 * word] ?? 0) << 16) | (groups[2 * word + 1] ?? 0)
}

const ipv4 = new Int32Array(5)
