import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { JsonObject } from '@trinity/core'
import type { GatewayRig } from './gateway-rig.fixture.ts'
import { testKey } from './test-keys.fixture.ts'

/** Asks for an asset's price over UDP in JSON; the rig must have been opened with UDP in text mode. */
export async function askText({ open }: GatewayRig, asset: string): Promise<JsonObject> {
  const [host = '', port] = (open.udpLpo ?? '').split(':')
  const socket = createSocket('udp4')
  try {
    socket.send(JSON.stringify({ asset, key: testKey }), Number(port), host)
    const [answer] = (await once(socket, 'message', { signal: AbortSignal.timeout(5000) })) as [Buffer]
    return JSON.parse(answer.toString()) as JsonObject
  } finally {
    socket.close()
  }
}
