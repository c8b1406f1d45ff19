import { parentPort, workerData } from 'node:worker_threads'
import { Gate, verdict } from '../../access/gate.ts'

/** One row to be used by all threads at once. */
export type CrowdRound =
  /** Until the first refusal, at one moment. */
  | { readonly kind: 'moment'; readonly row: number; readonly monotonicMs: number; readonly nowMs: number }
  /** Until the first refusal in the new month; each request is sent from the old or the new one by chance, at most `lead` of them from the old. */
  | { readonly kind: 'turn'; readonly row: number; readonly monotonicMs: number; readonly turnMs: number; readonly lead: number }
  /** All the time. */
  | { readonly kind: 'while'; readonly row: number; readonly forMs: number }

/** What a thread of a crowd is to do. */
export interface CrowdOrder {
  readonly threads: number
  readonly thread: number
  readonly buffer: SharedArrayBuffer
  /** Two words, how many threads have come and the round that is open: no thread begins a round before all are there. */
  readonly barrier: SharedArrayBuffer
  readonly rounds: readonly CrowdRound[]
}

/** What a thread has had: the number of admissions in each round, and the times of those in `while` rounds in microseconds. */
export interface CrowdReport {
  readonly admitted: readonly number[]
  readonly times: readonly Float64Array[]
  /** When each `while` round began and ended here, and between them all pauses of a millisecond or more in which this thread asked nothing. Microseconds. */
  readonly spans: readonly (readonly (readonly [number, number])[])[]
}

const { threads, thread, buffer, barrier, rounds } = workerData as CrowdOrder
const gate = new Gate(buffer)
const sync = new Int32Array(barrier)

const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6

function meet(round: number): void {
  if (Atomics.add(sync, 0, 1) + 1 === threads * (round + 1)) {
    Atomics.store(sync, 1, round + 1)
    Atomics.notify(sync, 1)
    return
  }
  while (Atomics.load(sync, 1) <= round) Atomics.wait(sync, 1, round, 100)
}

function useMoment(row: number, atMs: number, nowMs: number): number {
  let admitted = 0
  while (gate.admit(row, atMs, nowMs) === verdict.admitted) admitted++
  return admitted
}

function useTurn(row: number, atMs: number, turnMs: number, lead: number): number {
  let [admitted, old] = [0, 0]
  for (let i = thread; ; i++) {
    const isOld = old < lead && (i * 7919) % 3 === 0
    if (isOld) old++
    const said = gate.admit(row, atMs, isOld ? turnMs - 1 : turnMs)
    if (said === verdict.admitted) admitted++
    else if (!isOld) return admitted
  }
}

function useWhile(row: number, forMs: number): { times: Float64Array; span: readonly (readonly [number, number])[] } {
  const times: number[] = []
  const startMs = monotonicMs()
  const pauses: [number, number][] = []
  let [nowMs, askedMs] = [startMs, startMs]
  for (; nowMs < startMs + forMs; nowMs = monotonicMs()) {
    if (nowMs - askedMs >= 1) pauses.push([Math.round(askedMs * 1000), Math.round(nowMs * 1000)])
    if (gate.admit(row, nowMs, 0) === verdict.admitted) times.push(Math.round(nowMs * 1000))
    askedMs = nowMs
  }
  return { times: Float64Array.from(times), span: [[Math.round(startMs * 1000), Math.round(askedMs * 1000)], ...pauses] }
}

const admitted: number[] = []
const times: Float64Array[] = []
const spans: (readonly (readonly [number, number])[])[] = []
for (const [index, round] of rounds.entries()) {
  meet(index)
  if (round.kind === 'moment') admitted.push(useMoment(round.row, round.monotonicMs, round.nowMs))
  else if (round.kind === 'turn') admitted.push(useTurn(round.row, round.monotonicMs, round.turnMs, round.lead))
  else {
    const used = useWhile(round.row, round.forMs)
    admitted.push(used.times.length)
    times.push(used.times)
    spans.push(used.span)
  }
}
parentPort?.postMessage({ admitted, times, spans } satisfies CrowdReport)
