import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { TrinityError, errorText, hashKey, tiers, type Tier } from '@trinity/core'
import { macKeyOf } from '@trinity/udp'
import { z } from 'zod'
import { createApiKey, createKeyId, hasIdForm } from '../api-key.ts'
import { withFileLock } from './file-lock.ts'
import { type MasterKey, unlessMissing } from './master-key.ts'
import { sealSecret } from './sealed-secret.ts'
import { replaceFile } from './whole-file.ts'

const keySchema = z.object({
  id: z.string().min(1).max(64),
  name: z.string(),
  tier: z.enum(tiers),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** The UDP MAC key, sealed. */
  udp_secret: z.string(),
  created_at: z.iso.datetime(),
  revoked_at: z.iso.datetime().nullable(),
})

const fileSchema = z.object({ version: z.literal(1), keys: z.array(keySchema) })

/** A key as the file holds it; never the key itself. */
export type FiledKey = Readonly<z.infer<typeof keySchema>>

/** What was read, and a mark that changes with the file. */
export interface KeyFileContent {
  readonly keys: readonly FiledKey[]
  readonly mark: string
}

/** Path of the key file in a data directory. */
export function keyFileIn(dataDir: string): string {
  return join(dataDir, 'keys.json')
}

/**
 * Reads the key file; one that is missing holds no keys.
 * @throws TrinityError `TRN_KEY_FILE_INVALID`
 */
export async function readKeyFile(file: string): Promise<KeyFileContent> {
  try {
    const handle = await open(file, 'r').catch(unlessMissing)
    if (handle === undefined) return { keys: [], mark: '' }
    try {
      const { ino, size, mtimeNs } = await handle.stat({ bigint: true })
      const { keys } = fileSchema.parse(JSON.parse(await handle.readFile('utf8')))
      return { keys, mark: `${ino} ${size} ${mtimeNs}` }
    } finally {
      await handle.close()
    }
  } catch (error) {
    const why = error instanceof z.ZodError ? describeIssue(error) : errorText(error)
    throw new TrinityError('TRN_KEY_FILE_INVALID', `${file} can't be read as API keys (${why}); restore it, or move it away to begin anew.`, {
      cause: error,
    })
  }
}

function describeIssue({ issues: [first] }: z.ZodError): string {
  return first === undefined ? '' : `${first.path.join('.')}: ${first.message}`
}

/** Makes a key and files it; this is the only time that the key is known. */
export async function createFiledKey(
  dataDir: string,
  master: MasterKey,
  { name, tier, nowMs }: { readonly name: string; readonly tier: Tier; readonly nowMs: number },
): Promise<{ readonly key: string; readonly filed: FiledKey }> {
  const key = createApiKey()
  const id = createKeyId()
  const filed: FiledKey = {
    id,
    name,
    tier,
    sha256: hashKey(key),
    udp_secret: sealSecret(master, id, macKeyOf(key)),
    created_at: new Date(nowMs).toISOString(),
    revoked_at: null,
  }
  await changeKeys(dataDir, (keys) => [...keys, filed])
  return { key, filed }
}

/**
 * Revokes a key that is named by its id or by itself, and says whether it was revoked before.
 * @throws TrinityError `TRN_SETTING_INVALID` when there is none; what might be a key is not repeated
 */
export async function revokeFiledKey(
  dataDir: string,
  idOrKey: string,
  nowMs: number,
): Promise<{ readonly filed: FiledKey; readonly wasRevoked: boolean }> {
  const sha256 = hashKey(idOrKey)
  const isMeant = (key: FiledKey): boolean => key.id === idOrKey || key.sha256 === sha256
  let known: FiledKey | undefined
  const keys = await changeKeys(dataDir, (before) => {
    known = before.find(isMeant)
    if (known === undefined) throw new TrinityError('TRN_SETTING_INVALID', `No key has ${nameOf(idOrKey)}; trinity keys list shows those there are.`)
    return known.revoked_at === null ? before.map((key) => (isMeant(key) ? { ...key, revoked_at: new Date(nowMs).toISOString() } : key)) : before
  })
  return { filed: keys.find(isMeant) as FiledKey, wasRevoked: known?.revoked_at !== null }
}

function nameOf(idOrKey: string): string {
  return hasIdForm(idOrKey) ? `the id '${idOrKey}'` : 'this id, nor is it one of the keys'
}

async function changeKeys(dataDir: string, change: (keys: readonly FiledKey[]) => readonly FiledKey[]): Promise<readonly FiledKey[]> {
  const file = keyFileIn(dataDir)
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    return await withFileLock(`${file}.lock`, async (demandLock) => {
      const { keys: before } = await readKeyFile(file)
      const keys = change(before)
      if (keys !== before) await replaceFile(file, `${JSON.stringify({ version: 1, keys }, null, 1)}\n`, demandLock)
      return keys
    })
  } catch (error) {
    if (error instanceof TrinityError) throw error
    throw new TrinityError('TRN_KEY_FILE_INVALID', `${file} can't be changed (${errorText(error)}).`, { cause: error })
  }
}
