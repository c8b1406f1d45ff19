import type { Transport } from '@trinity/core'
import { type Gateway, type GatewayOptions, type OpenPorts, createGateway } from '../../src/gateway.ts'
import type { Log } from '../../src/log.ts'
import { defaultParameters } from '../../src/settings/parameters.ts'
import { testConnector } from '../test-connector.fixture.ts'
import { testKeyStore } from '../test-keys.fixture.ts'

/** What everybody asks for under load. */
export const loadAsset = 'BTC'

/** A gateway under load and the lines it logged. */
export interface LoadGateway {
  readonly gateway: Gateway
  readonly open: OpenPorts
  readonly log: readonly string[]
}

/** Nothing is asked of anybody, since no venue has an asset to follow. */
const noTransport: Transport = {
  connect: () => ({ send: () => undefined, close: () => undefined, terminate: () => undefined }),
  request: () => Promise.reject(new Error('There is no network here.')),
}

/** Starts a gateway on free ports that knows one price, told once and good for the whole run. */
export async function openLoadGateway(options: Partial<GatewayOptions>): Promise<LoadGateway> {
  const log: string[] = []
  const connector = testConnector({ name: 'alpha' })
  const gateway = await createGateway({
    connectors: [connector],
    assets: {},
    keys: testKeyStore(),
    log: collectLog(log),
    lpoPort: 0,
    udpPort: 0,
    udp: { transport: 'auto', textMode: false },
    rest: false,
    transport: noTransport,
    ...options,
    parameters: { ...defaultParameters, maxStaleSeconds: 86_400, ...options.parameters },
  })
  const open = await gateway.start().catch(async (error: unknown) => {
    await gateway.stop()
    throw error
  })
  const listing = { venue: connector.name, asset: loadAsset, symbol: `${loadAsset}-USD`, currency: 'USD', onDemand: false }
  const { slot } = gateway.directory.add({ ...listing, freshnessLimitMs: 86_400_000 })
  const now = Date.now()
  gateway.writer.apply(slot, { price: '83421.5700', at: now, id: '1', tier: 'L1_MEMORY' }, now, true)
  return { gateway, open, log }
}

function collectLog(lines: string[]): Log {
  const write = (...parts: readonly unknown[]): void =>
    void lines.push(parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' '))
  return { level: 'warn', debug: () => undefined, info: () => undefined, warn: write, error: write }
}
