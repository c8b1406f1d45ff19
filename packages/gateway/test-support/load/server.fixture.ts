/** A gateway as a process of its own, for load that its test must not share a thread with. */
import type { Plan } from '@trinity/core'
import { sumUdpCounters, udpCounterNames } from '../../src/udp/outcome/outcome.ts'
import { createKernelDrops } from '../../src/udp/transport/kernel-drops.ts'
import { answerParent } from './callers/answers.fixture.ts'
import { type LoadGateway, openLoadGateway } from './gateway.fixture.ts'
import type { LoadTarget } from './target.fixture.ts'
import { keyEntry, testKeyStore } from '../test-keys.fixture.ts'

/** What a server under load differs in. */
export interface LoadServerOptions {
  readonly serveWorkers: number
  readonly transport: 'auto' | 'native' | 'dgram'
  readonly shedAfterMs?: number
  /** Keys beside the test key, with their plans. */
  readonly keys?: Readonly<Record<string, Plan>>
}

/** What a server has counted. */
export interface LoadCounts {
  readonly received: number
  readonly answered: number
  readonly refused: number
  readonly discarded: number
  /** Datagrams that the handler failed at. */
  readonly internal: number
  readonly kernelDrops: number
  /** Requests with status 200 of all protocols. */
  readonly served: number
}

let opened: LoadGateway | undefined
const ports: number[] = []
const drops = createKernelDrops(ports)

/** Everything that the server does on request. */
const api = {
  async start({ serveWorkers, transport, shedAfterMs, keys = {} }: LoadServerOptions): Promise<LoadTarget> {
    opened = await openLoadGateway({
      serveWorkers,
      udp: { transport, textMode: false },
      keys: testKeyStore(...Object.entries(keys).map(([key, plan]) => keyEntry(key, { plan }))),
      ...(shedAfterMs === undefined ? {} : { parameters: { shedAfterMs } }),
    })
    const { hostname, port } = new URL(opened.open.lpoUrl)
    const udpPort = Number(opened.open.udpLpo?.split(':').at(-1))
    ports.push(udpPort)
    return { host: hostname, httpPort: Number(port), udpPort }
  },

  counts(): LoadCounts {
    if (opened === undefined) throw new Error('The server was not started.')
    const { counters, requests } = opened.gateway.readTotals()
    const cells = udpCounterNames.map((name) => counters.get(name) ?? 0)
    const served = [...requests].reduce((sum, row) => sum + (row.status === 200 ? row.requests : 0), 0)
    return { ...sumUdpCounters(cells), internal: counters.get('udp_internal') ?? 0, kernelDrops: drops.total() ?? Number.NaN, served }
  },

  /** Keeps the main thread from doing anything, and so the server when it has no workers. */
  stall(ms: number): void {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
  },
}

export type LoadServer = typeof api

answerParent(api)
