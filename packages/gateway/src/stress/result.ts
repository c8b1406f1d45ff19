import { type Counts, type LatencySummary, type Ledger, sumLedgers } from './measure/ledger.ts'
import { type LevelRows, type StressOptions, type TargetRow, timeoutMs } from './run/stress-run.ts'
import type { Protocol, Target } from './target/target.ts'

/** Counts of one or several ledgers, as the result file has them. `failed` is a part of `answered`, `unsent` is no part of `sent`. */
export interface ResultCounts {
  readonly sent: number
  readonly answered: number
  readonly failed: number
  readonly refused: number
  readonly lost: number
  readonly unsent: number
  /** Of right answers, from the moment when each was due. */
  readonly latency_ms: LatencySummary
  /** Why requests failed, were refused or lost. */
  readonly reasons: Readonly<Record<string, number>>
}

/** A target in one level or in all of them. */
export interface ResultRow extends ResultCounts {
  readonly target: string
  readonly protocol: Protocol
  readonly seconds: number
  /** Of answers that came while requests came due. */
  readonly answers_per_second: number
}

/** A level over all of its targets. */
export interface ResultLevel extends ResultCounts {
  readonly level: number
  readonly outstanding: number
  readonly rate_per_second: number | null
  readonly targets: readonly (ResultRow & { readonly generator_busy: number })[]
}

/** Everything that a run has measured, as `--json` writes it. */
export interface StressResult {
  readonly name: 'stress'
  readonly at: string
  readonly mode: 'closed-loop' | 'open-loop'
  readonly interrupted: boolean
  readonly assets: readonly string[]
  readonly seconds_per_level: number
  readonly timeout_ms: Readonly<Record<Protocol, number>>
  readonly connections_per_target: number
  readonly udp_sockets_per_target: number
  readonly open_files: number | null
  readonly targets: readonly { readonly target: string; readonly protocol: Protocol; readonly addresses: readonly string[] }[]
  readonly levels: readonly ResultLevel[]
  readonly by_target: readonly ResultRow[]
  readonly total: ResultCounts
}

/** What a result knows beside the rows. */
export interface RunFacts extends Pick<StressOptions, 'targets' | 'assets' | 'levels' | 'secondsPerLevel' | 'sockets'> {
  /** Epoch milliseconds of the start. */
  readonly startedAt: number
  readonly interrupted: boolean
  readonly fileLimit: number | undefined
}

/** @throws Error where a sum is wrong: such a result must not be shown. */
export function makeResult(levels: readonly LevelRows[], facts: RunFacts): StressResult {
  const rows = levels.flatMap((level) => level.rows)
  return {
    name: 'stress',
    at: new Date(facts.startedAt).toISOString(),
    mode: facts.levels[0]?.ratePerSecond === undefined ? 'closed-loop' : 'open-loop',
    interrupted: facts.interrupted,
    assets: facts.assets,
    seconds_per_level: facts.secondsPerLevel,
    timeout_ms: timeoutMs,
    connections_per_target: facts.sockets.connectionsPerTarget,
    udp_sockets_per_target: facts.sockets.udpSocketsPerTarget,
    open_files: facts.fileLimit ?? null,
    targets: facts.targets.map(({ label, protocol, addresses }) => ({
      target: label,
      protocol,
      addresses: addresses.map(({ address }) => address),
    })),
    levels: levels.map(({ level, rows: ofLevel }) => ({
      level: level.number,
      outstanding: level.outstanding,
      rate_per_second: level.ratePerSecond ?? null,
      ...countsOf(sumLedgers(ofLevel.map(({ ledger }) => ledger))),
      targets: ofLevel.map((row) => ({ ...rowOf(row.target, [row]), generator_busy: round(row.generatorBusy, 3) })),
    })),
    by_target: facts.targets.map((target) =>
      rowOf(
        target,
        rows.filter((row) => row.target === target),
      ),
    ),
    total: countsOf(sumLedgers(rows.map(({ ledger }) => ledger))),
  }
}

function rowOf(target: Target, rows: readonly TargetRow[]): ResultRow {
  const sum = sumLedgers(rows.map(({ ledger }) => ledger))
  const seconds = rows.reduce((all, row) => all + row.seconds, 0)
  return {
    target: target.label,
    protocol: target.protocol,
    seconds: round(seconds, 3),
    answers_per_second: seconds === 0 ? 0 : round(sum.counts.answeredInTime / seconds, 1),
    ...countsOf(sum),
  }
}

function countsOf(ledger: Ledger): ResultCounts {
  const { answeredInTime: _, ...counts } = ledger.counts
  checkSum(counts)
  return { ...counts, latency_ms: ledger.summarize(), reasons: Object.fromEntries(ledger.reasons) }
}

function checkSum({ sent, answered, refused, lost }: Omit<Counts, 'answeredInTime'>): void {
  if (sent !== answered + refused + lost) throw new Error(`${sent} sent, but ${answered} answered, ${refused} refused, ${lost} lost.`)
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
