/** Called with what a named event tells. */
export type Listener<T> = (detail: T) => void

/** Listeners by the names of `Events`, called in the order they came. */
export class Listeners<Events> {
  readonly #byName = new Map<keyof Events, Set<Listener<never>>>()

  add<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): void {
    const set = this.#byName.get(name)
    if (set === undefined) this.#byName.set(name, new Set([listener]))
    else set.add(listener)
  }

  remove<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): void {
    this.#byName.get(name)?.delete(listener)
  }

  has(name: keyof Events): boolean {
    return (this.#byName.get(name)?.size ?? 0) > 0
  }

  /** Calls everybody. What a listener throws is the process's uncaught exception and no matter of the others or of the caller. */
  tell<Name extends keyof Events>(name: Name, detail: Events[Name]): void {
    const set = this.#byName.get(name)
    if (set === undefined) return
    for (const listener of [...set] as Listener<Events[Name]>[]) {
      try {
        listener(detail)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}
