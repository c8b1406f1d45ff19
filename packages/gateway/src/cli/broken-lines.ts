/** Most broken lines that are named; those beyond are only counted, however many an input has. */
const mostNamed = 10

/** The lines of an input that could not be read. */
export class BrokenLines {
  readonly #named: string[] = []
  #count = 0

  get count(): number {
    return this.#count
  }

  /** @param line from 1 */
  add(line: number, reason: string): void {
    this.#count++
    if (this.#named.length < mostNamed) this.#named.push(`line ${line} (${reason})`)
  }

  /** How many there are and which, in words. */
  describe(source: string): string {
    const lines = this.#count === 1 ? '1 broken line was' : `${this.#count} broken lines were`
    const more = this.#count - this.#named.length
    return `${lines} left out of ${source}: ${this.#named.join(', ')}${more === 0 ? '' : ` and ${more} more`}`
  }
}
