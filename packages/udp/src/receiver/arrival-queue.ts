/** How an {@link ArrivalQueue} works. */
export interface ArrivalQueueOptions<Item, Verdict> {
  /** Items that may be in it, judged or not. */
  readonly size: number
  /** Items judged at once. */
  readonly concurrency: number
  /** Must not reject. */
  readonly judge: (item: Item) => Promise<Verdict>
  /** Called when {@link ArrivalQueue.take} may have something new. */
  readonly onReady: () => void
}

/** A bounded queue whose items are judged several at once and come out, judged, in the order they went in. */
export class ArrivalQueue<Item, Verdict> {
  readonly #options: ArrivalQueueOptions<Item, Verdict>
  /** Item number n is at n modulo size; positions only ever grow. */
  readonly #slots: (Slot<Item, Verdict> | undefined)[]
  #head = 0
  #unjudged = 0
  #tail = 0
  #judging = 0

  constructor(options: ArrivalQueueOptions<Item, Verdict>) {
    this.#options = options
    this.#slots = Array.from({ length: options.size })
  }

  get length(): number {
    return this.#tail - this.#head
  }

  /** False where it is full, and the item is not taken. */
  put(item: Item): boolean {
    const { size } = this.#options
    if (this.length === size) return false
    this.#slots[this.#tail++ % size] = { item }
    this.#judgeMore()
    return true
  }

  /** The oldest item's verdict; undefined where it has none yet, or there is no item. */
  take(): Verdict | undefined {
    const at = this.#head % this.#options.size
    const verdict = this.#slots[at]?.verdict
    if (verdict === undefined) return undefined
    this.#slots[at] = undefined
    this.#head++
    return verdict
  }

  /** Forgets all items and returns how many there were. */
  clear(): number {
    const { length } = this
    this.#slots.fill(undefined)
    this.#head = this.#tail
    this.#unjudged = this.#tail
    return length
  }

  #judgeMore(): void {
    const { size, concurrency, judge, onReady } = this.#options
    while (this.#judging < concurrency && this.#unjudged < this.#tail) {
      const slot = this.#slots[this.#unjudged++ % size]
      if (slot?.item === undefined) continue
      const { item } = slot
      // Its bytes are of no more use once it is judged.
      slot.item = undefined
      this.#judging++
      void judge(item).then((verdict) => {
        slot.verdict = verdict
        this.#judging--
        this.#judgeMore()
        onReady()
      })
    }
  }
}

interface Slot<Item, Verdict> {
  item: Item | undefined
  verdict?: Verdict
}
