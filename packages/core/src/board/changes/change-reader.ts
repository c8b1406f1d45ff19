import { setImmediate } from 'node:timers'
import { TrinityError } from '../../errors.ts'
import { changeHeader, changeHeaderWords, changeLayoutVersion } from './change-layout.ts'

/** Hears of changed assets on any thread, also on the writer's own; a thread that doesn't listen has no work with them. */
export class ChangeReader {
  readonly #words: Int32Array<SharedArrayBuffer>
  readonly #capacity: number

  /** @throws TrinityError `TRN_INTERNAL` when the buffer has another layout version. */
  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer)
    const version = Atomics.load(this.#words, changeHeader.version)
    if (version !== changeLayoutVersion)
      throw new TrinityError('TRN_INTERNAL', `The change log has layout ${version}, this code reads ${changeLayoutVersion}.`)
    this.#capacity = Atomics.load(this.#words, changeHeader.capacity)
  }

  /**
   * Calls `onEntry` for each note from now on, in order, an entry as often as it was noted. A reader that fell behind by more than the ring hears `onOverrun`
   * once in place of what is lost and must look at everything. Listening keeps no process alive.
   * @returns stops it
   */
  listen(onEntry: (entry: number) => void, onOverrun: () => void): () => void {
    const words = this.#words
    let stopped = false
    Atomics.add(words, changeHeader.listeners, 1)
    let next = Atomics.load(words, changeHeader.head)

    const wait = (): void => {
      if (stopped) return
      const { async, value } = Atomics.waitAsync(words, changeHeader.head, next)
      // What came meanwhile is taken in a turn of its own, so that a busy writer can't keep a reader from its other work.
      if (async) void value.then(take)
      else setImmediate(take)
    }
    const take = (): void => {
      const end = Atomics.load(words, changeHeader.head)
      while (!stopped && next !== end) {
        const entry = Atomics.load(words, changeHeaderWords + (next & (this.#capacity - 1)))
        // The writer fills a place before it says so: a whole ring further, this one may be half overwritten.
        const behind = (Atomics.load(words, changeHeader.head) - next) | 0
        if (behind >= this.#capacity || behind < 0) {
          next = Atomics.load(words, changeHeader.head)
          onOverrun()
          break
        }
        next = (next + 1) | 0
        onEntry(entry)
      }
      wait()
    }
    wait()

    return () => {
      if (stopped) return
      stopped = true
      Atomics.sub(words, changeHeader.listeners, 1)
      // Wakes the wait of this reader, which would hold it in memory till the next note; the others look and wait again.
      Atomics.notify(words, changeHeader.head)
    }
  }
}
