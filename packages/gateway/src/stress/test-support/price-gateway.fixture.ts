import { type UsageRow, type Plan, plans, systemClock, usageProtocols } from '@trinity/core'
import { onTestFinished } from 'vitest'
import { openFakeMarket } from '../../../test-support/fake-market.fixture.ts'
import { testConnector } from '../../../test-support/test-connector.fixture.ts'
import { keyEntry, testKey, testKeyStore } from '../../../test-support/test-keys.fixture.ts'
import { type Target, readHttpTargets, readUdpTargets } from '../target/target.ts'

/** A key of {@link openPriceGateway} with a plan of the test's choice. */
export const limitedKey = 'trn_test_limited_key_0000000000000000'

/** A gateway with prices of BTC and ETH, reached over HTTP and UDP. */
export interface PriceGateway {
  readonly http: string
  readonly udp: string
  readonly targets: { readonly http: Target; readonly udp: Target }
  /** Requests that it has metered, by HTTP status or the one that stands for it. */
  metered(protocol: 'http' | 'udp'): ReadonlyMap<number, number>
  stop(): Promise<void>
}

/** Starts one on free ports; {@link testKey} has no limits. */
export async function openPriceGateway(plan: Plan = plans.partner): Promise<PriceGateway> {
  const rows: { readonly row: UsageRow; readonly requests: number }[] = []
  const market = await openFakeMarket({
    connectors: [testConnector({ name: 'alpha' })],
    assets: { alpha: ['BTC', 'ETH'] },
    keys: testKeyStore(keyEntry(limitedKey, { plan })),
    clock: systemClock,
    rest: false,
    serveWorkers: 0,
    udp: { transport: 'auto', textMode: true },
    udpPort: 0,
    onUsage: (row, requests) => rows.push({ row, requests }),
  })
  onTestFinished(market.stop)
  for (const [symbol, price] of [
    ['BTC-USD', '83421.57'],
    ['ETH-USD', '3105.2'],
  ] as const)
    market.trade('alpha', symbol, price, { at: Date.now() })
  const http = market.open.lpoUrl
  const udp = market.open.udpLpo ?? ''
  return {
    http,
    udp,
    targets: { http: loopbackTarget(http), udp: loopbackTarget(udp) },
    metered(protocol) {
      market.gateway.readTotals()
      const counts = new Map<number, number>()
      for (const { row, requests } of rows) {
        if (row.protocol === usageProtocols[protocol]) counts.set(row.status, (counts.get(row.status) ?? 0) + requests)
      }
      return counts
    },
    stop: market.stop,
  }
}

/** A target on 127.0.0.1: an http URL or HOST:PORT. */
export function loopbackTarget(text: string): Target {
  const [named] = text.startsWith('http') ? readHttpTargets(text) : readUdpTargets(text)
  if (named === undefined) throw new Error(`${text} is no target.`)
  return { ...named, addresses: [{ address: '127.0.0.1', family: 4 }] }
}

export { testKey }
