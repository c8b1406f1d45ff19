/** A process that asks a gateway for prices: in a closed loop as fast as it gets answers, or in an open one at a fixed rate. */
import { type Datagrams, flood } from './flood.fixture.ts'
import type { CallStatus, LoadCaller } from './callers/caller.fixture.ts'
import { answerParent } from './callers/answers.fixture.ts'
import { HttpCaller } from './callers/http-caller.fixture.ts'
import { type Spoofed, spoof } from './callers/spoof.fixture.ts'
import type { LoadTarget } from './target.fixture.ts'
import { UdpCaller } from './callers/udp-caller.fixture.ts'

/** Callers that have a protocol and a key in common. */
export interface CallerGroup {
  readonly protocol: 'http' | 'udp'
  readonly callers: number
  readonly key: string
  readonly asset?: string
  /** Over HTTP only. */
  readonly anyPrice?: boolean
  /** Addresses of this machine, used in turn. */
  readonly from?: readonly string[]
  readonly patienceMs?: number
}

/** What came of a run. Times are epoch milliseconds with a fraction, on the clock of one process. */
export interface LoadRun {
  /** Requests by status, for each group. */
  readonly statuses: readonly Readonly<Record<CallStatus, number>>[]
  /** Four numbers for each kept request: group, when it was sent or due, when its answer came, status. */
  readonly calls: Float64Array
  /** Processor time that the generator took, share of one core. */
  readonly load: number
  /** How late each request left that was due at a certain time, ms. */
  readonly delaysMs: Float64Array
}

const now = (): number => performance.timeOrigin + performance.now()

class Recorder {
  readonly statuses: Record<CallStatus, number>[]
  readonly #keep: ReadonlySet<CallStatus> | undefined
  readonly #calls: number[] = []
  readonly #delays: number[] = []
  readonly #startedAt = now()
  readonly #cpu = process.cpuUsage()

  constructor(groupCount: number, keep: readonly CallStatus[] | undefined) {
    this.statuses = Array.from({ length: groupCount }, () => ({}))
    this.#keep = keep === undefined ? undefined : new Set(keep)
  }

  /** A request leaves. */
  leave(dueAt: number): void {
    this.#delays.push(now() - dueAt)
  }

  add(group: number, sentAt: number, status: CallStatus): void {
    const counts = this.statuses[group] ?? {}
    counts[status] = (counts[status] ?? 0) + 1
    if (this.#keep?.has(status) ?? true) this.#calls.push(group, sentAt, now(), status)
  }

  finish(): LoadRun {
    const { user, system } = process.cpuUsage(this.#cpu)
    return {
      statuses: this.statuses,
      calls: Float64Array.from(this.#calls),
      load: (user + system) / 1000 / (now() - this.#startedAt),
      delaysMs: Float64Array.from(this.#delays),
    }
  }
}

let groups: readonly (readonly LoadCaller[])[] = []

async function openCaller({ host, httpPort, udpPort }: LoadTarget, group: CallerGroup, index: number): Promise<LoadCaller> {
  const { protocol, key, from = [], asset = 'BTC', anyPrice, patienceMs = 3000 } = group
  const options = { host, key, asset, anyPrice, from: from[index % from.length], patienceMs }
  return protocol === 'http' ? new HttpCaller({ ...options, port: httpPort }) : UdpCaller.open({ ...options, port: udpPort })
}

/** Everything that the generator does on request. */
const api = {
  /** Replaces the callers; those of UDP open their sessions, a few at a time. */
  async open(target: LoadTarget, wanted: readonly CallerGroup[]): Promise<void> {
    for (const caller of groups.flat()) caller.close()
    const opened: LoadCaller[][] = []
    groups = opened
    for (const group of wanted) {
      const callers: LoadCaller[] = []
      opened.push(callers)
      for (let at = 0; at < group.callers; at += 16) {
        const some = Array.from({ length: Math.min(16, group.callers - at) }, (_, i) => openCaller(target, group, at + i))
        callers.push(...(await Promise.all(some)))
      }
    }
  },

  /** Every caller asks, waits for the answer and `pauseMs`, and asks again. */
  async closedLoop(durationMs: number, { keep, pauseMs = 0 }: { keep?: readonly CallStatus[]; pauseMs?: number } = {}): Promise<LoadRun> {
    const recorder = new Recorder(groups.length, keep)
    const endsAt = now() + durationMs
    const run = async (caller: LoadCaller, group: number): Promise<void> => {
      while (now() < endsAt) {
        const sentAt = now()
        recorder.add(group, sentAt, await caller.ask())
        if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
    }
    await Promise.all(groups.flatMap((callers, group) => callers.map((caller) => run(caller, group))))
    return recorder.finish()
  },

  /** Asks so often a second whatever the answers do; a request counts from when it was due. UDP callers have several under way. */
  async openLoop(ratePerSecond: number, durationMs: number): Promise<LoadRun> {
    const recorder = new Recorder(groups.length, undefined)
    const running: Promise<void>[] = []
    const idle = groups.map((callers) => [...callers])
    const queues: number[][] = groups.map(() => [])
    const count = Math.round((ratePerSecond * durationMs) / 1000)
    const startsAt = now()
    const send = async (group: number, dueAt: number): Promise<void> => {
      const caller = idle[group]?.shift()
      if (caller === undefined) return void queues[group]?.push(dueAt)
      const isShared = caller instanceof UdpCaller
      if (isShared) idle[group]?.push(caller)
      recorder.leave(dueAt)
      recorder.add(group, dueAt, await caller.ask())
      if (isShared) return
      idle[group]?.push(caller)
      const next = queues[group]?.shift()
      if (next !== undefined) await send(group, next)
    }
    for (let i = 0; i < count;) {
      const due = Math.min(count, Math.floor(((now() - startsAt) * ratePerSecond) / 1000) + 1)
      for (; i < due; i++) running.push(send(i % groups.length, startsAt + (i * 1000) / ratePerSecond))
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await Promise.all(running)
    return recorder.finish()
  },

  flood: (target: LoadTarget, datagrams: Datagrams) => flood(target, datagrams),

  spoof: (target: LoadTarget, senders: Spoofed) => spoof(target, senders),
}

export type LoadGenerator = typeof api

answerParent(api)
