import type { VoidRun } from '../bench.ts'
import { type Spread, spreadOf, threeDigits } from '../statistics.ts'
import { type Load, type LoadFigures, measureServer, ratePerCpuSecond } from './load.ts'
import type { ServerProcess } from './server-process.ts'

/** A server and what it is put under in every round, by name. */
export interface Contender {
  readonly server: string
  start(this: void): Promise<ServerProcess>
  readonly loads: Readonly<Record<string, Load>>
}

/** The figures of one server under one load, round by round. */
export interface LoadRow {
  readonly server: string
  readonly load: string
  readonly requests_per_cpu_second: Spread
  readonly p50_us: Spread
  readonly p90_us: Spread
  /** Median share of a processor that server and load generator got. */
  readonly server_cpu_share: number
  readonly load_cpu_share: number
  /** Median CPU seconds a second that the server used while nobody asked, which its rate doesn't count; 0 where that was not measured. */
  readonly idle_cpu_share: number
  /** Of all rounds. */
  readonly correct: number
  readonly refused: number
  readonly timed_out: number
}

/** Puts each server in turn under its loads, A B C, A B C; a fresh process each time, so that none profits from a lucky start. */
export async function measureLoadRounds(contenders: readonly Contender[], rounds: number): Promise<readonly LoadRow[] | VoidRun> {
  const figures = new Map<string, LoadFigures[]>()
  for (let round = 0; round < rounds; round++) {
    for (const { server, start, loads } of contenders) {
      const found = await measureServer(start, Object.values(loads))
      if ('wrong' in found) return { wrong: `${server}: ${found.wrong}` }
      for (const [i, load] of Object.keys(loads).entries()) {
        const key = `${server} ${load}`
        figures.set(key, [...(figures.get(key) ?? []), ...found.slice(i, i + 1)])
      }
    }
  }
  return contenders.flatMap(({ server, loads }) => Object.keys(loads).map((load) => loadRow(server, load, figures.get(`${server} ${load}`) ?? [])))
}

/** One server's median rate over another's, under the same load. */
export function rateRatio(rows: readonly LoadRow[], load: string, server: string, reference: string): number {
  const median = (name: string): number => rowOf(rows, name, load)?.requests_per_cpu_second.median ?? Number.NaN
  return threeDigits(median(server) / median(reference))
}

export function rowOf(rows: readonly LoadRow[], server: string, load: string): LoadRow | undefined {
  return rows.find((row) => row.server === server && row.load === load)
}

function loadRow(server: string, load: string, rounds: readonly LoadFigures[]): LoadRow {
  const sum = (of: (figures: LoadFigures) => number): number => rounds.reduce((total, figures) => total + of(figures), 0)
  const share = (of: (figures: LoadFigures) => number): number => threeDigits(spreadOf(rounds.map((figures) => of(figures) / figures.seconds)).median)
  return {
    server,
    load,
    requests_per_cpu_second: spreadOf(rounds.map(ratePerCpuSecond)),
    p50_us: spreadOf(rounds.map((figures) => figures.p50_us)),
    p90_us: spreadOf(rounds.map((figures) => figures.p90_us)),
    server_cpu_share: share((figures) => figures.server_cpu_seconds),
    load_cpu_share: share((figures) => figures.own_cpu_seconds),
    idle_cpu_share: threeDigits(spreadOf(rounds.map((figures) => figures.idle_cpu_share)).median),
    correct: sum(({ correct }) => correct),
    refused: sum(({ refused }) => refused),
    timed_out: sum((figures) => figures.timed_out),
  }
}
