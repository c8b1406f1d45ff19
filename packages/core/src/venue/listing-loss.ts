/** The loss of most of fewer symbols can be the truth. */
const minToJudge = 4

/** So many readings in a row have to agree on the loss of most of what is wanted. */
const readingsForMost = 3

/** So many have to agree on the loss of less. */
const readingsForFew = 2

/** What a listing's loss means. */
export interface LossVerdict {
  /** Whether too much is lost at once to believe the listing yet. */
  readonly isDoubtful: boolean
  /** Lost symbols that stay as they were until another reading lacks them too. */
  readonly kept: readonly string[]
}

/** For how many readings in a row a venue's listing has been without symbols that are wanted. */
export class ListingLoss {
  #readings: ReadonlyMap<string, number> = new Map()

  /** Whether the last reading lacked anything that the listing before had. */
  get isAny(): boolean {
    return this.#readings.size > 0
  }

  /**
   * Takes in one reading. A few symbols that it closes are gone at once; absent ones, or half of all, when the next reading says so too; most of
   * all when three do.
   * @param held wanted symbols that the listing at hand has
   * @param lost those of them that the reading lacks or closes
   */
  judge(held: readonly string[], lost: readonly string[], isClosed: (symbol: string) => boolean): LossVerdict {
    this.#readings = new Map(lost.map((symbol) => [symbol, (this.#readings.get(symbol) ?? 0) + 1]))
    const isShown = (symbol: string, readings: number): boolean => (this.#readings.get(symbol) ?? 0) >= readings
    const canJudge = held.length >= minToJudge
    if (canJudge && lost.length > held.length / 2) {
      return { isDoubtful: !lost.every((symbol) => isShown(symbol, readingsForMost)), kept: [] }
    }
    const isHalf = canJudge && lost.length === held.length / 2
    return { isDoubtful: false, kept: lost.filter((symbol) => !isShown(symbol, isClosed(symbol) && !isHalf ? 1 : readingsForFew)) }
  }
}
