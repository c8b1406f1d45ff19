import { type FSWatcher, mkdirSync, watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type Clock, type KeyEntry, type KeyStore, TrinityError, errorText, every } from '@trinity/core'
import { FiledEntry } from './filed-entry.ts'
import { type FiledKey, type KeyFileContent, keyFileIn, readKeyFile } from './key-file.ts'
import type { MasterKey } from './master-key.ts'
import { openSecret } from './sealed-secret.ts'

/** What the store works with. */
export interface FileKeyStoreParts {
  readonly dataDir: string
  readonly master: MasterKey
  readonly clock: Clock
  /** Told of keys whose UDP secret does not open; they work over HTTP only. */
  readonly onNotice: (error: TrinityError) => void
}

/** Where the system tells of no change, looking finds it well within a second. */
const lookMs = 400

/** A few milliseconds' work. */
const openedAtOnce = 200

/** Keys that `trinity keys create` made, in the data directory. */
export class FileKeyStore implements KeyStore {
  readonly #parts: FileKeyStoreParts
  readonly #file: string
  #entries = new Map<string, FiledEntry>()
  /** Of the file when it was last read, and of what was last understood. */
  #mark: string | undefined
  #knownMark: string | undefined

  constructor(parts: FileKeyStoreParts) {
    this.#parts = parts
    this.#file = keyFileIn(parts.dataDir)
  }

  async load(): Promise<readonly KeyEntry[]> {
    const seen = await this.#look()
    if (seen !== this.#knownMark) await this.#read(seen)
    return [...this.#entries.values()]
  }

  watch(onChange: () => void): () => void {
    const { clock, dataDir } = this.#parts
    const look = async (): Promise<void> => {
      if ((await this.#look()) !== this.#mark) onChange()
    }
    const stopLooking = every(clock, lookMs, () => void look())
    let watcher: FSWatcher | undefined
    try {
      mkdirSync(dataDir, { recursive: true, mode: 0o700 })
      watcher = watch(dataDir, { persistent: false }, () => void look())
      // Looking goes on without it.
      watcher.on('error', () => watcher?.close())
    } catch {
      watcher?.close()
    }
    return () => {
      stopLooking()
      watcher?.close()
    }
  }

  async #read(seen: string): Promise<void> {
    let content: KeyFileContent
    try {
      content = await readKeyFile(this.#file)
      this.#mark = content.mark
    } catch (error) {
      // The same broken file need not be read again.
      this.#mark = seen
      this.#knownMark = undefined
      throw error
    }
    const unopened: TrinityError[] = []
    const entries = new Map<string, FiledEntry>()
    let opened = 0
    for (const filed of content.keys) {
      const known = this.#entries.get(filed.id)
      // A key that has not changed is the same object again.
      if (known?.isOf(filed) === true) entries.set(filed.id, known)
      else {
        entries.set(filed.id, this.#open(filed, unopened))
        // Requests go on while thousands of keys are opened.
        if (++opened % openedAtOnce === 0) await new Promise(setImmediate)
      }
    }
    this.#entries = entries
    this.#knownMark = content.mark
    const [first] = unopened
    if (first !== undefined) this.#parts.onNotice(noticeOf(first, unopened.length))
  }

  #open(filed: FiledKey, unopened: TrinityError[]): FiledEntry {
    let macKey: Uint8Array | undefined
    try {
      macKey = openSecret(this.#parts.master, filed.id, filed.udp_secret)
    } catch (error) {
      unopened.push(error as TrinityError)
    }
    return new FiledEntry(filed, macKey)
  }

  /** The mark that the file has now; what can't be looked at has its error for a mark. */
  async #look(): Promise<string> {
    try {
      const { ino, size, mtimeNs } = await stat(this.#file, { bigint: true })
      return `${ino} ${size} ${mtimeNs}`
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT' ? '' : errorText(error)
    }
  }
}

function noticeOf(error: TrinityError, count: number): TrinityError {
  const rest = count === 1 ? 'It works' : `It and ${count - 1} more work`
  return new TrinityError(error.code, `${error.message} ${rest} over HTTP only until then.`, { cause: error })
}
