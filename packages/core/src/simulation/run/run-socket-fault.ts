import { systemClock } from '../../clock.ts'
import { nodeTransport } from '../../node-transport.ts'
import { seededRandom } from '../../testing/seeded-random.ts'
import { loseNames, redirectRest, simulatedConnector } from '../connector-redirect.ts'
import { SimulatedExchange } from '../server/simulated-exchange.ts'
import { restHosts } from '../transport.ts'
import type { FaultReport } from './fault-report.ts'
import { FaultRig } from './fault-rig.ts'
import { playFault } from './play-fault.ts'
import { type FaultRun, engineOf, marketOf } from './run-fault.ts'
import { SettableClock } from './settable-clock.ts'

const warmUpMs = 4000

/** What is run in real time. */
export interface SocketFaultRun extends Pick<FaultRun, 'dialect' | 'fault' | 'seed' | 'ages'> {
  readonly durationMs: number
  /** Makes this process trust a certificate, PEM; with it the exchange serves TLS, as faults of certificates need it. */
  readonly trust?: (certificate: string) => void
}

/**
 * Runs one fault in real time against the real engine on real sockets of loopback. It takes as long as the fault, and then as long as
 * things need to be as before.
 */
export async function runSocketFault(run: SocketFaultRun): Promise<FaultReport> {
  const { dialect, fault, seed, durationMs } = run
  const exchange = new SimulatedExchange({ ...marketOf(run), dialect, seed, tls: run.trust !== undefined })
  const clock = new SettableClock(systemClock)
  const address = await exchange.start()
  run.trust?.(address.certificate ?? '')
  try {
    const origins = new Map(restHosts(dialect.connector, [...exchange.venue.market.listed.keys()][0] ?? '').map((host) => [host, address.restOrigin]))
    const transport = loseNames(redirectRest(nodeTransport(), origins), () => exchange.venue.behaviour.names === 'lost')
    const restRequests: number[] = []
    const rig = new FaultRig({
      ...engineOf(run),
      connector: simulatedConnector(dialect.connector, address),
      transport: {
        connect: (url, handlers) => transport.connect(url, handlers),
        request(request) {
          restRequests.push(clock.now())
          return transport.request(request)
        },
      },
      clock,
      random: seededRandom(seed),
    })
    return await playFault({
      rig,
      venue: exchange.venue,
      fault,
      seed,
      warmUpMs,
      durationMs,
      // Timers and frames of a busy machine are late.
      toleranceMs: 500,
      everyPrice: false,
      restRequests,
      stepWall: (ms) => clock.stepWall(ms),
      pass: (ms) => new Promise<void>((resolve) => void systemClock.after(ms, resolve)),
    })
  } finally {
    await exchange.stop()
  }
}
