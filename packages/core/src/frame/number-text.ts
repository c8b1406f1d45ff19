const colon = 58

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
    for (let at = this.#frame.indexOf(this.#key, this.#from); at >= 0; at = this.#frame.indexOf(this.#key, this.#from)) {
      this.#from = at + this.#key.length
      const text = this.#numberAfterColon()
      if (text !== '' && Number(text) === value) return text
    }
    return undefined
  }

  #numberAfterColon(): string {
    let start = this.#skipSpace(this.#from)
    if (this.#frame.charCodeAt(start) !== colon) return ''
    start = this.#skipSpace(start + 1)
    let end = start
    while (isNumberCharacter(this.#frame.charCodeAt(end))) end++
    return this.#frame.slice(start, end)
  }

  #skipSpace(from: number): number {
    let i = from
    while (this.#frame.charCodeAt(i) <= 32) i++
    return i
  }
}

/** Digits, sign, dot and exponent. */
function isNumberCharacter(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 46 || code === 45 || code === 43 || code === 101 || code === 69
}
