import { onTestFinished } from 'vitest'
import { PriceClient, type PriceClientOptions } from '../src/index.ts'
import { ManualTime } from './manual-time.ts'
import { ScriptedServer } from './scripted-server.ts'

export const apiKey = 'demo-public-2026-03-01-abc123'

/** A server and how to connect to it, ended with the test. */
export interface Rig {
  readonly server: ScriptedServer
  readonly port: number
  readonly time: ManualTime
  connect(options?: Partial<PriceClientOptions>): Promise<PriceClient>
}

export async function startRig(time = new ManualTime()): Promise<Rig> {
  const server = new ScriptedServer(apiKey)
  const port = await server.start()
  onTestFinished(() => server.stop())
  return {
    server,
    port,
    time,
    async connect(options = {}) {
      const client = await PriceClient.connect({ apiKey, port, environment: time.environment, ...options })
      onTestFinished(() => client.close())
      return client
    },
  }
}

/** The error a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`not rejected: ${JSON.stringify(value)}`)
    },
    (error: unknown) => error,
  )
}
