import { hashKey } from '@trinity/core'
import { macKeyOf } from '@trinity/udp'
import { createApiKey, createKeyId } from '../../src/access/api-key.ts'
import { type FiledKey, keyFileIn } from '../../src/access/key-file/key-file.ts'
import { readMasterKey } from '../../src/access/key-file/master-key.ts'
import { sealSecret } from '../../src/access/key-file/sealed-secret.ts'
import { replaceFile } from '../../src/access/key-file/whole-file.ts'

/** Files so many keys as `trinity keys create` does, all at once; gives back one of them. */
export async function fileKeys(dataDir: string, count: number): Promise<string> {
  const master = await readMasterKey(dataDir)
  let key = ''
  const keys = Array.from({ length: count }, (_, i): FiledKey => {
    key = createApiKey()
    const id = createKeyId()
    const udp_secret = sealSecret(master, id, macKeyOf(key))
    return { id, name: `customer ${i}`, tier: 'pro', sha256: hashKey(key), udp_secret, created_at: new Date().toISOString(), revoked_at: null }
  })
  await replaceFile(keyFileIn(dataDir), `${JSON.stringify({ version: 1, keys }, null, 1)}\n`)
  return key
}
