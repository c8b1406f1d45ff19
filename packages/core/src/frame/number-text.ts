const colon = 58
const dot = 46
const zero = 48

/** Finds the digits of JSON numbers as they stand in a frame, for venues that send prices as bare numbers. */
export class NumberText {
  readonly #frame: string
  readonly #key: string
  #from = 0

  /** @param key name of the field, as in `{"price":1.50}` */
  constructor(frame: string, key: string) {
    this.#frame = frame
    this.#key = `"${key}"`
  }

  /**
   * The text of the next number under the key that has the value which JSON.parse gave for it, so that `1.50` stays
   * `1.50`. Call it in the order of the frame.
   */
  next(value: unknown): string | undefined {
    if (typeof value !== 'number') return undefined
    const frame = this.#frame
    for (let at = frame.indexOf(this.#key, this.#from); at >= 0; at = frame.indexOf(this.#key, this.#from)) {
      const start = afterColon(frame, at + this.#key.length)
      const end = numberEnd(frame, start)
      this.#from = end
      if (end > start && hasValue(frame, start, end, value)) return frame.slice(start, end)
    }
    return undefined
  }
}

/** Where the value of a field starts whose name ends at `at`. */
function afterColon(frame: string, at: number): number {
  const mark = skipSpace(frame, at)
  return frame.charCodeAt(mark) === colon ? skipSpace(frame, mark + 1) : mark
}

function skipSpace(frame: string, from: number): number {
  let i = from
  while (frame.charCodeAt(i) <= 32) i++
  return i
}

/** Digits, sign, dot and exponent belong to a number. */
function numberEnd(frame: string, start: number): number {
  for (let i = start; ; i++) {
    const code = frame.charCodeAt(i)
    const isPart = (code >= zero && code <= 57) || code === dot || code === 45 || code === 43 || code === 101 || code === 69
    if (!isPart) return i
  }
}

const powersOfTen: readonly number[] = Array.from({ length: 16 }, (_, i) => 10 ** i)

/**
 * Whether the number between two places has a value. Up to 15 digits the quotient of its digits and a power of ten is the very double
 * that JSON.parse gives, which spares the conversion of the text.
 */
function hasValue(frame: string, start: number, end: number, value: number): boolean {
  let digits = 0
  let decimals = 0
  for (let i = start; i < end && end - start <= 16; i++) {
    const digit = frame.charCodeAt(i) - zero
    if (digit >= 0 && digit <= 9) digits = digits * 10 + digit
    else if (digit === dot - zero && decimals === 0) decimals = end - 1 - i
    else return Number(frame.slice(start, end)) === value
  }
  if (end - start > 16 || (decimals === 0 && end - start > 15)) return Number(frame.slice(start, end)) === value
  return digits / (powersOfTen[decimals] ?? NaN) === value
}
