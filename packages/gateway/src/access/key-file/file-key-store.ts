import { type FSWatcher, mkdirSync, watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type Clock, type KeyEntry, type KeyStore, TrinityError, errorText, every, plans } from '@trinity/core'
import { type FiledKey, keyFileIn, readKeyFile } from './key-file.ts'
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
  #entries = new Map<string, SealedEntry>()
  #mark: string | undefined

  constructor(parts: FileKeyStoreParts) {
    this.#parts = parts
    this.#file = keyFileIn(parts.dataDir)
  }

  async load(): Promise<readonly KeyEntry[]> {
    const seen = await this.#look()
    let keys: readonly FiledKey[]
    try {
      const content = await readKeyFile(this.#file)
      keys = content.keys
      this.#mark = content.mark
    } catch (error) {
      // The same broken file need not be read again.
      this.#mark = seen
      throw error
    }
    const unopened: TrinityError[] = []
    const entries = new Map<string, SealedEntry>()
    let opened = 0
    for (const filed of keys) {
      const known = this.#entries.get(filed.id)
      // A key that has not changed is the same object again.
      if (known !== undefined && isSame(known, filed)) entries.set(filed.id, known)
      else {
        entries.set(filed.id, this.#open(filed, unopened))
        // Requests go on while thousands of keys are opened.
        if (++opened % openedAtOnce === 0) await new Promise(setImmediate)
      }
    }
    this.#entries = entries
    const [first] = unopened
    if (first !== undefined) this.#parts.onNotice(noticeOf(first, unopened.length))
    return Array.from(entries.values(), ({ entry }) => entry)
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

  #open(filed: FiledKey, unopened: TrinityError[]): SealedEntry {
    const { id, name, tier, sha256, udp_secret: sealed, revoked_at: revokedAt } = filed
    let macKey: Uint8Array | undefined
    try {
      macKey = openSecret(this.#parts.master, id, sealed)
    } catch (error) {
      unopened.push(error as TrinityError)
    }
    return { sealed, entry: { id, name, tier, hash: Buffer.from(sha256, 'hex'), macKey, plan: plans[tier], revoked: revokedAt !== null } }
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

/** A key beside the sealed secret that it was made with. */
interface SealedEntry {
  readonly sealed: string
  readonly entry: KeyEntry
}

function isSame({ sealed, entry }: SealedEntry, { name, tier, sha256, udp_secret: sealedNow, revoked_at: revokedAt }: FiledKey): boolean {
  const isSameKey = sealed === sealedNow && Buffer.from(entry.hash).toString('hex') === sha256
  return isSameKey && entry.name === name && entry.tier === tier && entry.revoked === (revokedAt !== null)
}

function noticeOf(error: TrinityError, count: number): TrinityError {
  const rest = count === 1 ? 'It works' : `It and ${count - 1} more work`
  return new TrinityError(error.code, `${error.message} ${rest} over HTTP only until then.`, { cause: error })
}
