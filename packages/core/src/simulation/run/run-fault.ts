import type { Connector } from '../../connector.ts'
import { FakeClock } from '../../testing/fake/fake-clock.ts'
import { seededRandom } from '../../testing/seeded-random.ts'
import type { Transport } from '../../transport.ts'
import type { SimulatorDialect } from '../dialect.ts'
import { type Fault, defaultFaultMs } from '../fault/fault.ts'
import { simulatedTransport } from '../transport.ts'
import { SimulatedVenue } from '../venue.ts'
import type { FaultReport } from './fault-report.ts'
import { type AgeLimits, FaultRig, usualAges } from './fault-rig.ts'
import { playFault } from './play-fault.ts'

/** What is run. */
export interface FaultRun {
  readonly dialect: SimulatorDialect
  /** What the venue speaks and allows, where that differs from what the engine believes. */
  readonly venueDialect?: SimulatorDialect
  readonly fault: Fault
  readonly seed: number
  /** The busiest first; four common pairs unless named. */
  readonly symbols?: readonly string[]
  readonly durationMs?: number
  readonly ages?: AgeLimits
  /** Looks at every price that is ever on the board, also one that the next trade of the same frame replaces at once. */
  readonly everyPrice?: boolean
  /** Stands between the engine and the venue. */
  readonly wrapTransport?: (transport: Transport) => Transport
}

const warmUpMs = 15_000
/** Runs one fault against the real engine on a clock that is moved by hand; the same seed gives the same report. */
export async function runFault(run: FaultRun): Promise<FaultReport> {
  const { dialect, fault, seed } = run
  const { connector } = dialect
  const symbols = run.symbols ?? usualSymbols(connector)
  const clock = new FakeClock()
  const random = seededRandom(seed)
  const venue = new SimulatedVenue({ dialect: run.venueDialect ?? dialect, symbols, clock, seed: Math.floor(random() * 0x7fff_ffff) })
  const inMemory = simulatedTransport([venue], clock)
  const transport = run.wrapTransport?.(inMemory) ?? inMemory
  const rig = new FaultRig({ connector, symbols, transport, clock, random, ages: run.ages ?? usualAges })
  venue.start()
  const report = await playFault({
    rig,
    venue,
    fault,
    seed,
    warmUpMs: warmUpMs + random() * 5000,
    durationMs: run.durationMs ?? fault.durationMs ?? defaultFaultMs,
    toleranceMs: 1,
    everyPrice: run.everyPrice === true,
    pass: (ms) => clock.advanceAsync(ms),
  })
  venue.stop()
  await clock.advanceAsync(1000)
  return report
}

/** Symbols of four common pairs at a venue. */
export function usualSymbols(connector: Connector): readonly string[] {
  const quote = connector.quotes[0] ?? ''
  return ['BTC', 'ETH', 'SOL', 'DOGE'].map((base) => connector.toSymbol({ base, quote }))
}
