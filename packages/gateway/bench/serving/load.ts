import { execFile } from 'node:child_process'
import { TrinityError } from '@trinity/core'
import type { VoidRun } from '../bench.ts'
import { type NativeProgram, programPath } from './native-programs.ts'
import { boundCommand } from './processors.ts'
import type { ServerProcess } from './server-process.ts'

/** What a load generator found in its window, and of the server's process meanwhile. */
export interface LoadFigures {
  readonly sent: number
  readonly correct: number
  readonly wrong: number
  readonly refused: number
  readonly timed_out: number
  /** What was wrong with the first wrong answer. */
  readonly first_wrong: string
  readonly seconds: number
  readonly server_cpu_seconds: number
  readonly own_cpu_seconds: number
  /** CPU seconds a second that the server's process used while nobody asked; 0 where the load has no such window. */
  readonly idle_cpu_share: number
  readonly p50_us: number
  readonly p90_us: number
  readonly p99_us: number
}

/** A load generator with its options; port and process of the server are added. */
export interface Load {
  readonly program: NativeProgram
  readonly options: Readonly<Record<string, string | number>>
}

/** Puts a fresh server under some loads, one after another; void when one of its answers is not what it should be. */
export async function measureServer(start: () => Promise<ServerProcess>, loads: readonly Load[]): Promise<readonly LoadFigures[] | VoidRun> {
  const server = await start()
  const all: LoadFigures[] = []
  let answered = 0
  try {
    for (const load of loads) all.push(await runLoad(load, server))
  } finally {
    answered = await server.stop()
  }
  const wrong = all.map(wrongOf).find((found) => found !== undefined)
  if (wrong !== undefined) return { wrong }
  const correct = all.reduce((sum, figures) => sum + figures.correct, 0)
  return answered < correct ? { wrong: `the server counted ${answered} answers, fewer than the ${correct} that came` } : all
}

/**
 * Correct answers for each second of processor time that the server's process took for them, all its threads, user and system: what it
 * uses anyway, for feeds and timers, is taken off.
 */
export function ratePerCpuSecond(figures: Pick<LoadFigures, 'correct' | 'seconds' | 'server_cpu_seconds' | 'idle_cpu_share'>): number {
  return Math.round(figures.correct / (figures.server_cpu_seconds - figures.idle_cpu_share * figures.seconds))
}

function runLoad({ program, options }: Load, { port, pid }: ServerProcess): Promise<LoadFigures> {
  const given = Object.entries({ port, pid, ...options }).flatMap(([option, value]) => [`--${option}`, String(value)])
  const [command, args] = boundCommand('load', programPath(program), given)
  const { promise, resolve, reject } = Promise.withResolvers<LoadFigures>()
  execFile(command, [...args], (error, stdout, stderr) => {
    if (error === null) resolve(JSON.parse(stdout) as LoadFigures)
    else reject(new TrinityError('TRN_INTERNAL', `${program} failed: ${stderr.trim()}`, { cause: error }))
  })
  return promise
}

/** A gateway that the machine kept from running for too long refuses some of what has piled up; that is no wrong answer, but no right one either. */
const refusedMost = 0.05

function wrongOf({ correct, wrong, refused, first_wrong: first }: LoadFigures): string | undefined {
  if (wrong > 0) return `${wrong} wrong answers, the first: ${first}`
  if (refused > correct * refusedMost) return `${refused} requests were refused, ${correct} answered`
  return correct === 0 ? 'there was no answer at all' : undefined
}
