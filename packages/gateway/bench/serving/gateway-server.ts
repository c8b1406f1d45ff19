/**
 * The gateway as a server of the bench: the real path from socket to answer, served by the main thread alone, so that the CPU time of
 * this process is that of one serving thread with its timers. No feeds: its prices are told once. `gateway-server.ts native|dgram|http`
 */
import type { Transport } from '@trinity/core'
import { defaultConnectors } from '../../src/connectors.ts'
import { createGateway } from '../../src/gateway.ts'
import { createLog } from '../../src/log.ts'
import { benchKeyStore, benchPrices } from './bench-board.ts'
import { reportAtEnd, reportReady } from './server-reports.ts'

const door = process.argv[2]
/** Nothing is asked of anybody, since no venue has an asset to follow. */
const noTransport: Transport = {
  connect: () => ({ send: () => undefined, close: () => undefined, terminate: () => undefined }),
  request: () => Promise.reject(new Error('The bench has no network.')),
}
const gateway = await createGateway({
  connectors: defaultConnectors,
  assets: {},
  keys: benchKeyStore(),
  log: createLog('error', 'text'),
  lpoPort: 0,
  udpPort: 0,
  ...(door === 'native' || door === 'dgram' ? { udp: { transport: door, textMode: false } } : {}),
  serveWorkers: 0,
  rest: false,
  transport: noTransport,
})
const { lpoUrl, udpLpo } = await gateway.start()

const [venue] = defaultConnectors
const now = Date.now()
for (const [asset, price] of benchPrices) {
  const { slot } = gateway.directory.add({
    venue: venue?.name ?? '',
    asset,
    symbol: `${asset}-USD`,
    currency: 'USD',
    onDemand: false,
    freshnessLimitMs: 3_600_000,
  })
  gateway.writer.apply(slot, { price, at: now - 1234, id: '1', tier: 'L1_MEMORY' }, now, true)
}

reportReady(Number((udpLpo ?? lpoUrl).split(':').at(-1)))
reportAtEnd(() => {
  const requests = [...gateway.readTotals().requests]
  return requests.filter(({ status }) => status === 200).reduce((sum, row) => sum + row.requests, 0)
})
