import { errorText, isTrinityError } from '@trinity/core'
import { keyFileIn, readKeyFile } from '../access/key-file/key-file.ts'
import { tryTcp, tryUdp } from '../serving/free-ports.ts'
import { type ServerSettings, readServerSettings } from '../settings/settings.ts'
import { loadNativeAddon } from '../udp/transport/native-transport.ts'

/** One thing that was looked at. */
export interface Finding {
  readonly what: string
  readonly state: 'ok' | 'embedded' | 'warning' | 'failed'
  readonly detail: string
}

/** Looks at what a start with the present settings would need on this machine. */
export async function examineServer(): Promise<Finding[]> {
  let settings: ServerSettings
  try {
    settings = readServerSettings(process.env)
  } catch (error) {
    if (!isTrinityError(error)) throw error
    return [{ what: 'settings', state: 'failed', detail: error.message }]
  }
  const { host, lpoPort, udpPort, adminHost, adminPort } = settings
  return [
    { what: 'settings', state: 'ok', detail: 'the variables of the server have allowed values' },
    await examinePort(`port ${lpoPort}`, lpoPort, tryTcp(host, lpoPort), 'TCP_PORT_LPO'),
    await examinePort(`UDP port ${udpPort}`, udpPort, tryUdp(host, udpPort), 'UDP_PORT_LPO'),
    await examinePort(`port ${adminPort}`, adminPort, tryTcp(adminHost, adminPort), 'ADMIN_PORT'),
    examineTransport(settings),
    await examineKeys(settings),
  ]
}

async function examinePort(what: string, port: number, attempt: Promise<void>, variable: string): Promise<Finding> {
  try {
    await attempt
    return { what, state: 'ok', detail: port === 0 ? `any free one (${variable}=0)` : 'free' }
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 'in use' : errorText(error)
    return { what, state: 'warning', detail: `${why}; a server may be running, or set ${variable}` }
  }
}

function examineTransport({ udpTransport }: ServerSettings): Finding {
  const what = 'UDP transport'
  if (udpTransport === 'dgram') return { what, state: 'ok', detail: 'node:dgram, as TRINITY_UDP_TRANSPORT asks' }
  const loaded = loadNativeAddon()
  if (loaded.addon !== undefined) return { what, state: 'ok', detail: 'the native addon' }
  return { what, state: udpTransport === 'native' ? 'failed' : 'warning', detail: `falls back to node:dgram: ${loaded.reason}` }
}

async function examineKeys({ dataDir }: ServerSettings): Promise<Finding> {
  const file = keyFileIn(dataDir)
  try {
    const { keys } = await readKeyFile(file)
    return { what: 'keys', state: 'ok', detail: `${keys.length} in ${file}` }
  } catch (error) {
    return { what: 'keys', state: 'failed', detail: errorText(error) }
  }
}
