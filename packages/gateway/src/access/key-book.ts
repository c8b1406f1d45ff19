import { type KeyEntry, type KeyStore, type KeyTable, errorText, isTrinityError } from '@trinity/core'
import type { QuietLog } from '../quiet-log.ts'

/** What the book works with. */
export interface KeyBookParts {
  readonly store: KeyStore
  readonly table: KeyTable
  readonly log: QuietLog
}

/** Keeps the key table in step with a store. While the store can't be read, the keys known before stay as they are. */
export class KeyBook {
  readonly #parts: KeyBookParts
  #stopWatching: (() => void) | undefined
  #loading: Promise<void> | undefined
  #changedMeanwhile = false
  #isLoaded = false
  #error: unknown

  constructor(parts: KeyBookParts) {
    this.#parts = parts
  }

  /** Whether all keys have been read at least once. */
  get isLoaded(): boolean {
    return this.#isLoaded
  }

  /**
   * Resolves when the keys were read, or when their store may yet come: a later change brings them in then.
   * @throws TrinityError of the store, when it can't be read until somebody mends it
   */
  async start(): Promise<void> {
    await this.refresh()
    if (!this.#isLoaded && isTrinityError(this.#error) && !this.#error.retryable) throw this.#error
    this.#stopWatching = this.#parts.store.watch(() => void this.refresh())
    // What changed before the watch began.
    if (this.#isLoaded) await this.refresh()
  }

  stop(): void {
    this.#stopWatching?.()
  }

  /** Reads the store once more; never rejects. A change that comes while it is being read is read after that. */
  async refresh(): Promise<void> {
    if (this.#loading !== undefined) {
      this.#changedMeanwhile = true
      return this.#loading
    }
    this.#loading = this.#loadAll()
    await this.#loading
    this.#loading = undefined
  }

  async #loadAll(): Promise<void> {
    do {
      this.#changedMeanwhile = false
      await this.#load()
    } while (this.#changedMeanwhile)
  }

  async #load(): Promise<void> {
    const { store, table, log } = this.#parts
    let loaded: readonly KeyEntry[]
    try {
      loaded = await store.load()
    } catch (error) {
      this.#error = error
      log.warn('keys', { error: errorText(error) }, 'the API keys could not be read; those known before stay')
      return
    }
    log.settle('keys', { keys: loaded.length }, 'the API keys can be read again')
    // Revocations first: they must not wait, and they make room.
    const active = new Set(loaded.flatMap(({ id, revoked }) => (revoked ? [] : [id])))
    for (const id of table.ids()) if (!active.has(id)) table.revoke(table.rowOf(id) ?? -1)
    for (const entry of loaded) this.#put(entry)
    this.#isLoaded = true
  }

  #put(entry: KeyEntry): void {
    const { table, log } = this.#parts
    try {
      table.put(entry)
    } catch (error) {
      const code = isTrinityError(error) ? error.code : undefined
      log.warn(`key ${entry.id}`, { key: entry.id, code, error: errorText(error) }, 'a key can’t be used')
    }
  }
}
