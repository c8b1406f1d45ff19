/** Longest text that fits. */
export const shortTextBytes = 15

/** 1 to 15 ASCII characters in four words: the characters, zeros, and the length in the last byte. Kept and reused, to allocate nothing. */
export class ShortText {
  a = 0
  b = 0
  c = 0
  d = 0

  /** Takes ASCII bytes, small letters as capital ones; false when there are none or too many. Other bytes fit no text that was written. */
  setBytes(bytes: Uint8Array, offset: number, length: number): boolean {
    if (length < 1 || length > shortTextBytes || offset + length > bytes.length) return false
    let a = 0
    let b = 0
    let c = 0
    let d = length << 24
    for (let i = 0; i < length; i++) {
      // A shift counts modulo 32, so this is the place of byte i in its word.
      const bits = capital(bytes[offset + i] ?? 0) << (i << 3)
      if (i < 4) a |= bits
      else if (i < 8) b |= bits
      else if (i < 12) c |= bits
      else d |= bits
    }
    this.a = a
    this.b = b
    this.c = c
    this.d = d
    return true
  }

  /** Takes a text, small letters as capital ones when `anyCase`; false when it is empty, too long or not ASCII. */
  setText(text: string, anyCase: boolean): boolean {
    const length = text.length
    if (length < 1 || length > shortTextBytes) return false
    let a = 0
    let b = 0
    let c = 0
    let d = length << 24
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code > 127) return false
      const bits = (anyCase ? capital(code) : code) << (i << 3)
      if (i < 4) a |= bits
      else if (i < 8) b |= bits
      else if (i < 12) c |= bits
      else d |= bits
    }
    this.a = a
    this.b = b
    this.c = c
    this.d = d
    return true
  }

  store(words: Int32Array, index: number): void {
    Atomics.store(words, index, this.a)
    Atomics.store(words, index + 1, this.b)
    Atomics.store(words, index + 2, this.c)
    Atomics.store(words, index + 3, this.d)
  }

  /** Whether the same text stands at an index that was published by an atomic store. */
  equals(words: Int32Array, index: number): boolean {
    return words[index] === this.a && words[index + 1] === this.b && words[index + 2] === this.c && words[index + 3] === this.d
  }

  hash(): number {
    let hash = Math.imul(this.a, 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 15) ^ this.b, 0xc2b2ae35)
    hash = Math.imul(hash ^ (hash >>> 13) ^ this.c, 0x27d4eb2f)
    hash = Math.imul(hash ^ (hash >>> 15) ^ this.d, 0x165667b1)
    return hash ^ (hash >>> 16)
  }
}

/** The text that {@link ShortText.store} wrote at an index. */
export function loadShortText(words: Int32Array, index: number): string {
  const length = Math.min(Atomics.load(words, index + 3) >>> 24, shortTextBytes)
  let text = ''
  for (let i = 0; i < length; i++) text += String.fromCharCode((Atomics.load(words, index + (i >> 2)) >>> (i << 3)) & 255)
  return text
}

function capital(code: number): number {
  return code >= 97 && code <= 122 ? code - 32 : code
}
