import { createGateway, createLog, memoryKeyStore } from '@trinity/gateway'

/** What a real server answers at /openapi.json, without any venue. */
export async function openApiDocument(): Promise<string> {
  const gateway = await createGateway({ connectors: [], assets: {}, keys: memoryKeyStore([]), log: createLog('silent', 'json'), lpoPort: 0 })
  try {
    const { lpoUrl } = await gateway.start()
    const response = await fetch(`${lpoUrl}/openapi.json`)
    return `${JSON.stringify(await response.json(), null, 2)}\n`
  } finally {
    await gateway.stop()
  }
}
