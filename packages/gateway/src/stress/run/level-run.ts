import type { Asker } from '../ask/asker.ts'
import type { Ledger } from '../measure/ledger.ts'
import { Lane } from './lane.ts'
import type { Level } from './levels.ts'
import { type Pace, closedLoop, openLoop } from './pace.ts'
import type { Stopwatch } from './stopwatch.ts'

/** What one level works with. */
export interface LevelRun {
  readonly level: Level
  /** Asked in turn. */
  readonly askers: readonly Asker[]
  readonly assets: readonly string[]
  readonly seconds: number
  /** How long answers may take that are still missing when the time is over. */
  readonly graceMs: number
  readonly stopwatch: Stopwatch
  /** Ends the level early. */
  readonly signal: AbortSignal
  readonly onProgress?: ((progress: LevelProgress) => void) | undefined
}

/** How far a level is. */
export interface LevelProgress {
  /** 0 to 1. */
  readonly share: number
  readonly ledgers: readonly Ledger[]
}

/** What a level has measured. */
export interface LevelOutcome {
  /** How long requests came due; less than planned where the level was ended early. */
  readonly seconds: number
  /** One for each asker, closed. */
  readonly ledgers: readonly Ledger[]
}

const progressMs = 200

/** After an early end answers have only this long. */
const earlyGraceMs = 500

/** Runs one level to its end: until every request has ended or has had its time. */
export async function runLevel(run: LevelRun): Promise<LevelOutcome> {
  const { level, askers, assets, stopwatch, signal } = run
  const startedAtMs = stopwatch.elapsedMs()
  const endsAtMs = startedAtMs + run.seconds * 1000
  let turn = 0
  let onIdle = (): void => {}
  const onDue = (dueMs: number): void => lanes[turn++ % lanes.length]?.due(dueMs)
  const { ratePerSecond, outstanding } = level
  const pace: Pace =
    ratePerSecond === undefined
      ? closedLoop(outstanding, stopwatch, onDue)
      : openLoop({ ratePerSecond, mostOutstanding: outstanding, startsAtMs: startedAtMs, endsAtMs }, stopwatch, onDue)
  const lanes: readonly Lane[] = askers.map(
    (asker) =>
      new Lane(asker, assets, stopwatch, endsAtMs, (outcome) => {
        pace.ended(outcome)
        onIdle()
      }),
  )
  const ledgers = lanes.map(({ ledger }) => ledger)
  const isIdle = (): boolean => ledgers.every(({ underWay }) => underWay === 0)

  pace.start()
  await waitUntil(stopwatch, endsAtMs, signal, () =>
    run.onProgress?.({ share: (stopwatch.elapsedMs() - startedAtMs) / (run.seconds * 1000), ledgers }),
  )
  const seconds = Math.min(run.seconds, (stopwatch.elapsedMs() - startedAtMs) / 1000)
  const unsent = pace.stop()
  for (const [index, lane] of lanes.entries()) lane.stop(shareOf(unsent, lanes.length, index))
  if (!isIdle()) {
    const graceMs = signal.aborted ? earlyGraceMs : run.graceMs
    await new Promise<void>((resolve) => {
      const cancels = [stopwatch.after(graceMs, end)]
      const hurry = (): void => void cancels.push(stopwatch.after(earlyGraceMs, end))
      signal.addEventListener('abort', hurry)
      onIdle = () => {
        if (isIdle()) end()
      }
      function end(): void {
        for (const cancel of cancels) cancel()
        signal.removeEventListener('abort', hurry)
        resolve()
      }
    })
  }
  const late = askers.filter((_, index) => (ledgers[index]?.underWay ?? 0) > 0)
  for (const lane of lanes) lane.close(signal.aborted ? 'the run was ended' : 'timeout')
  await Promise.all(late.map(async (asker) => asker.cut()))
  return { seconds, ledgers }
}

/** Resolves at the time, or when the signal says so; ticks meanwhile. */
async function waitUntil(stopwatch: Stopwatch, endsAtMs: number, signal: AbortSignal, onTick: () => void): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => {
    let cancel = (): void => {}
    function end(): void {
      cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    function wait(): void {
      onTick()
      const leftMs = endsAtMs - stopwatch.elapsedMs()
      if (leftMs <= 0) end()
      else cancel = stopwatch.after(Math.min(progressMs, leftMs), wait)
    }
    signal.addEventListener('abort', end)
    wait()
  })
}

/** Parts of a whole number that differ by one at most and add up to it. */
function shareOf(whole: number, parts: number, index: number): number {
  return Math.floor((whole * (index + 1)) / parts) - Math.floor((whole * index) / parts)
}
