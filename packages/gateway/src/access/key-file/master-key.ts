import { randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TrinityError, errorText } from '@trinity/core'
import { createFile } from './whole-file.ts'

/** Under which secrets at rest are encrypted, and what to call it in messages. */
export interface MasterKey {
  readonly bytes: Uint8Array
  readonly name: string
}

/**
 * The master key of TRINITY_MASTER_KEY or, without that, of the data directory, where it is made the first time. Two processes that
 * begin at once get the same one.
 * @param given 32 bytes in base64
 * @throws TrinityError `TRN_KEY_FILE_INVALID`
 */
export async function readMasterKey(dataDir: string, given?: string): Promise<MasterKey> {
  if (given !== undefined) return { bytes: Buffer.from(given, 'base64'), name: 'TRINITY_MASTER_KEY' }
  const file = join(dataDir, 'master.key')
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    const known = await readFile(file, 'utf8').catch(unlessMissing)
    if (known === undefined) await createFile(file, `${randomBytes(32).toString('base64')}\n`)
    const text = (known ?? (await readFile(file, 'utf8'))).trim()
    if (!/^[A-Za-z0-9+/]{43}=$/.test(text))
      throw new TrinityError('TRN_KEY_FILE_INVALID', `${file} does not hold 32 bytes in base64; restore it, or delete it to have a new one made.`)
    return { bytes: Buffer.from(text, 'base64'), name: file }
  } catch (error) {
    if (error instanceof TrinityError) throw error
    throw new TrinityError('TRN_KEY_FILE_INVALID', `${file} can't be read or made (${errorText(error)}).`, { cause: error })
  }
}

/** Nothing where a file is missing; any other error goes on. */
export function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
