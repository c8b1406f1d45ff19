import { performance } from 'node:perf_hooks'
import type { Asker } from '../ask/asker.ts'
import { HttpAsker } from '../ask/http-asker.ts'
import type { SocketBudget } from '../ask/socket-budget.ts'
import { UdpAsker } from '../ask/udp-asker.ts'
import type { Ledger } from '../measure/ledger.ts'
import type { Protocol, Target } from '../target/target.ts'
import { type LevelProgress, runLevel } from './level-run.ts'
import type { Level } from './levels.ts'
import type { Stopwatch } from './stopwatch.ts'

/** How long a target may take. The answer to a datagram comes soon or never. */
export const timeoutMs: Readonly<Record<Protocol, number>> = { http: 5000, udp: 2000 }

/** Beyond the time that a request has: timers of connections are coarse, and a new UDP session may have to come first. */
const extraGraceMs = 2000

/** What a run works with. */
export interface StressOptions {
  readonly targets: readonly Target[]
  readonly key: string
  readonly assets: readonly string[]
  readonly levels: readonly Level[]
  readonly secondsPerLevel: number
  readonly sockets: SocketBudget
  readonly stopwatch: Stopwatch
  /** Ends the run; what was measured so far stays. */
  readonly signal: AbortSignal
  onProgress?(level: Level, protocol: Protocol, progress: LevelProgress): void
}

/** What one target did in one level. */
export interface TargetRow {
  readonly target: Target
  readonly ledger: Ledger
  /** How long requests came due. */
  readonly seconds: number
  /** Share of that time which this process was busy, 0 to 1; near 1 it is the limit, not the target. */
  readonly generatorBusy: number
}

/** What all targets did in one level. */
export interface LevelRows {
  readonly level: Level
  readonly rows: readonly TargetRow[]
}

/**
 * Runs level after level: at each one first the HTTP targets, in turn, then the UDP targets, so that neither protocol slows
 * the other down.
 */
export async function runStress(options: StressOptions): Promise<readonly LevelRows[]> {
  const askers = new Map(options.targets.map((target) => [target, openAsker(target, options)]))
  const done: LevelRows[] = []
  try {
    for (const level of options.levels) {
      const rows: TargetRow[] = []
      for (const protocol of ['http', 'udp'] as const) {
        const targets = options.targets.filter((target) => target.protocol === protocol)
        if (targets.length > 0 && !options.signal.aborted) rows.push(...(await runTargets(level, targets, askers, options)))
      }
      if (rows.length > 0) done.push({ level, rows })
    }
  } finally {
    await Promise.all([...askers.values()].map(async (asker) => asker.close()))
  }
  return done
}

async function runTargets(
  level: Level,
  targets: readonly Target[],
  askers: ReadonlyMap<Target, Asker>,
  { assets, secondsPerLevel, stopwatch, signal, onProgress }: StressOptions,
): Promise<TargetRow[]> {
  const { protocol } = targets[0] ?? { protocol: 'http' }
  const chosen = targets.map((target) => askers.get(target)).filter((asker) => asker !== undefined)
  await Promise.all(chosen.map(async (asker) => asker.prepare(Math.ceil(level.outstanding / chosen.length))))
  if (signal.aborted) return []
  const before = performance.eventLoopUtilization()
  const { seconds, ledgers } = await runLevel({
    level,
    askers: chosen,
    assets,
    seconds: secondsPerLevel,
    graceMs: timeoutMs[protocol] + extraGraceMs,
    stopwatch,
    signal,
    onProgress: (progress) => onProgress?.(level, protocol, progress),
  })
  const generatorBusy = performance.eventLoopUtilization(before).utilization
  return targets.flatMap((target, index) => {
    const ledger = ledgers[index]
    return ledger === undefined ? [] : { target, ledger, seconds, generatorBusy }
  })
}

function openAsker(target: Target, { key, sockets }: StressOptions): Asker {
  return target.protocol === 'http'
    ? new HttpAsker({ target, key, timeoutMs: timeoutMs.http, connections: sockets.connectionsPerTarget })
    : new UdpAsker({ target, key, timeoutMs: timeoutMs.udp, sockets: sockets.udpSocketsPerTarget })
}
