import type { Clock, KeyStore } from '@trinity/core'
import type { Log } from '../log.ts'
import type { ServerSettings } from '../settings/settings.ts'
import { FileKeyStore } from './key-file/file-key-store.ts'
import { readMasterKey } from './key-file/master-key.ts'
import { joinKeyStores, seededKeys } from './memory-key-store.ts'

/**
 * Every key that a server with these settings knows: those of the data directory and, outside production, the well-known ones.
 * @throws TrinityError `TRN_KEY_FILE_INVALID`
 */
export async function openKeyStores(settings: ServerSettings, clock: Clock, log: Log): Promise<KeyStore> {
  const { dataDir, masterKey, environment, seedStressKey } = settings
  const master = await readMasterKey(dataDir, masterKey)
  const filed = new FileKeyStore({ dataDir, master, clock, onNotice: ({ message }) => log.warn({}, message) })
  return environment === 'production' ? filed : joinKeyStores([filed, seededKeys({ stress: seedStressKey === '1' })])
}
