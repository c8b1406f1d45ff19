import { FakeClock } from '../../testing/fake/fake-clock.ts'
import { seededRandom } from '../../testing/seeded-random.ts'
import type { Transport } from '../../transport.ts'
import { AssetNames } from '../../venue/asset-names.ts'
import type { SimulatorDialect } from '../dialect.ts'
import { type Fault, defaultFaultMs } from '../fault/fault.ts'
import { simulatedTransport } from '../transport.ts'
import { SimulatedVenue, type SimulatedVenueOptions } from '../venue.ts'
import { marketSymbol } from './answer-check.ts'
import type { FaultReport } from './fault-report.ts'
import { type AgeLimits, FaultRig, type FaultRigParts, usualAges } from './fault-rig.ts'
import { playFault } from './play-fault.ts'

/** What is run. */
export interface FaultRun {
  readonly dialect: SimulatorDialect
  /** What the venue speaks and allows, where that differs from what the engine believes. */
  readonly venueDialect?: SimulatorDialect
  readonly fault: Fault
  readonly seed: number
  readonly durationMs?: number
  readonly ages?: AgeLimits
  /** What the engine knows of the assets' names; the names that the venue may give them unless given. */
  readonly names?: AssetNames
  /** Looks at every price that is ever on the board, also one that the next trade of the same frame replaces at once. */
  readonly everyPrice?: boolean
  /** Stands between the engine and the venue. */
  readonly wrapTransport?: (transport: Transport) => Transport
}

const warmUpMs = 15_000

/** The assets of a run, the busiest first. */
export const usualAssets: readonly string[] = ['BTC', 'ETH', 'SOL', 'DOGE']

/** Another name of each asset. */
const otherName = (asset: string): string => `${asset}2`

const usualNames = new AssetNames(usualAssets.map((asset) => ({ asset, aliases: [otherName(asset)] })))

/** Runs one fault against the real engine on a clock that is moved by hand; the same seed gives the same report. */
export async function runFault(run: FaultRun): Promise<FaultReport> {
  const { dialect, fault, seed } = run
  const { connector } = dialect
  const clock = new FakeClock()
  const random = seededRandom(seed)
  const stage = { ...marketOf(run), clock, seed: Math.floor(random() * 0x7fff_ffff) }
  const venue = new SimulatedVenue({ ...stage, dialect: run.venueDialect ?? dialect })
  const inMemory = simulatedTransport([venue], clock)
  const transport = run.wrapTransport?.(inMemory) ?? inMemory
  const rig = new FaultRig({ ...engineOf(run), connector, transport, clock, random })
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
    stepWall: (ms) => clock.stepWall(ms),
    pass: (ms) => clock.advanceAsync(ms),
  })
  venue.stop()
  await clock.advanceAsync(1000)
  return report
}

/** The market that a run needs. */
export function marketOf({ dialect }: Pick<FaultRun, 'dialect'>): Pick<SimulatedVenueOptions, 'symbols' | 'otherNames'> {
  const symbolOf = (asset: string): string => marketSymbol(dialect, asset)
  return {
    symbols: usualAssets.map(symbolOf),
    otherNames: new Map(usualAssets.map((asset) => [symbolOf(asset), symbolOf(otherName(asset))])),
  }
}

/** What the engine is told in a run. */
export function engineOf({
  ages = usualAges,
  names = usualNames,
}: Pick<FaultRun, 'ages' | 'names'>): Pick<FaultRigParts, 'assets' | 'names' | 'ages'> {
  return { assets: usualAssets, names, ages }
}
