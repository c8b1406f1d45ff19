/** Iterators over one source that share its values: each value goes to one of those that wait, in the order of their asking. */
export class EventIterators<T> {
  /** Each asked for a value and has none yet. */
  readonly #waiting: Waiter<T>[] = []
  readonly #onChange: () => void
  #open = 0
  #end: { readonly error: unknown } | undefined

  /** `onChange` is called when one is asked for a value or returns. */
  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /** Iterators that have not returned. */
  get open(): number {
    return this.#open
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0
  }

  /** Gives a value to who has waited longest, where somebody waits. */
  give(value: T): void {
    this.#waiting.shift()?.resolve({ done: false, value })
  }

  /** Ends all, with an error where there is one. */
  end(error?: unknown): void {
    this.#end = { error }
    for (const waiter of this.#waiting.splice(0)) settle(waiter, error)
  }

  iterate(): AsyncIterableIterator<T, undefined> {
    let isOpen = true
    const own = new Set<Waiter<T>>()
    this.#open++
    return {
      [Symbol.asyncIterator]() {
        return this
      },
      next: () => {
        if (!isOpen) return Promise.resolve({ done: true, value: undefined })
        return new Promise((resolve, reject) => {
          const waiter: Waiter<T> = {
            resolve: (result) => {
              own.delete(waiter)
              resolve(result)
            },
            reject,
          }
          if (this.#end !== undefined) {
            settle(waiter, this.#end.error)
            return
          }
          own.add(waiter)
          this.#waiting.push(waiter)
          this.#onChange()
        })
      },
      return: () => {
        if (isOpen) {
          isOpen = false
          this.#open--
          for (const waiter of own) {
            this.#waiting.splice(this.#waiting.indexOf(waiter), 1)
            settle(waiter)
          }
          this.#onChange()
        }
        return Promise.resolve({ done: true, value: undefined })
      },
    }
  }
}

interface Waiter<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void
  readonly reject: (error: unknown) => void
}

function settle<T>(waiter: Waiter<T>, error?: unknown): void {
  if (error === undefined) waiter.resolve({ done: true, value: undefined })
  else waiter.reject(error)
}
