import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type Clock, TrinityError, type UsageRow } from '@trinity/core'
import type { Log } from '../log.ts'
import type { Control } from './control.ts'
import { answerControl } from './control-link.ts'
import type { ServingConfig, ServingPorts } from './serving-config.ts'
import type { SharedState, WorkerRegion } from './shared-state.ts'
import type { FromWorker, ToWorker, WorkerStart } from './worker-messages.ts'

/** What the pool works with. */
export interface WorkerPoolParts {
  readonly config: ServingConfig
  readonly state: SharedState
  /** One for each worker: a region has one producer, and is what a dead worker leaves behind. */
  readonly regions: readonly WorkerRegion[]
  readonly control: Control
  readonly clock: Clock
  readonly log: Log
  /** Takes a served request that found no room in shared memory. */
  onSpill(row: UsageRow): void
  /** Called when a worker died, before its region has another producer. */
  onDeath(): void
}

/** How long a worker may take to finish what is under way. */
const stopLimitMs = 2500

const firstRestartMs = 100
const longestRestartMs = 5000

/** A worker that lived so long is not one of a series that die at once. */
const soundMs = 60_000

interface Seat {
  readonly region: WorkerRegion
  worker: Worker | undefined
  startedAt: number
  restartMs: number
  cancelRestart: (() => void) | undefined
}

/** The worker threads that answer callers. One that dies is replaced; the others go on meanwhile on the same ports. */
export class WorkerPool {
  readonly #parts: WorkerPoolParts
  readonly #seats: readonly Seat[]
  #ports: ServingPorts | undefined
  #stopping = false

  constructor(parts: WorkerPoolParts) {
    this.#parts = parts
    this.#seats = parts.regions.map((region) => ({ region, worker: undefined, startedAt: 0, restartMs: firstRestartMs, cancelRestart: undefined }))
  }

  /** Workers alive. */
  get size(): number {
    return this.#seats.filter(({ worker }) => worker !== undefined).length
  }

  /** The threads themselves, for those who test what happens when one is lost. */
  get workers(): readonly Worker[] {
    return this.#seats.map(({ worker }) => worker).filter((worker) => worker !== undefined)
  }

  /**
   * Starts all workers and resolves when they listen; the first one settles ports that were left open.
   * @throws TrinityError `TRN_PORT_UNAVAILABLE`
   */
  async start(wanted: ServingPorts): Promise<{ readonly ports: ServingPorts; readonly notes: readonly string[] }> {
    const [first, ...rest] = this.#seats
    if (first === undefined) throw new TrinityError('TRN_INTERNAL', 'A pool needs a region for each of its workers.')
    const { ports, notes } = await this.#open(first, wanted)
    this.#ports = ports
    await Promise.all(rest.map((seat) => this.#open(seat, ports)))
    return { ports, notes }
  }

  /** Has every worker finish what is under way; one that takes too long is ended. */
  async stop(): Promise<void> {
    this.#stopping = true
    await Promise.all(
      this.#seats.map(async (seat) => {
        seat.cancelRestart?.()
        const { worker } = seat
        if (worker === undefined) return
        const gone = new Promise((resolve) => worker.once('exit', resolve))
        post(worker, { type: 'stop' })
        const cancel = this.#parts.clock.after(stopLimitMs, () => void worker.terminate())
        await gone
        cancel()
      }),
    )
  }

  #open(seat: Seat, ports: ServingPorts): Promise<{ readonly ports: ServingPorts; readonly notes: readonly string[] }> {
    const { config, state, control, clock, log, onSpill } = this.#parts
    const worker = openWorker({ config, state, region: seat.region, logLevel: log.level })
    seat.worker = worker
    seat.startedAt = clock.now()
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if (message.type === 'ask') void answerControl(control, message).then((answer) => post(worker, answer))
        else if (message.type === 'log') log[message.level](message.fields, message.text)
        else if (message.type === 'spill') onSpill(message.row)
        else if (message.type === 'listening') resolve(message)
        else {
          reject(new TrinityError(message.code, message.message))
          void worker.terminate()
        }
      })
      worker.on('error', (error) => log.error({ error: String(error) }, 'a serving worker failed'))
      worker.once('exit', (code) => {
        reject(new TrinityError('TRN_INTERNAL', `A serving worker ended with code ${code} before it listened.`))
        this.#onExit(seat)
      })
      post(worker, { type: 'listen', ports })
    })
  }

  #onExit(seat: Seat): void {
    const { clock, log, onDeath } = this.#parts
    seat.worker = undefined
    onDeath()
    const ports = this.#ports
    if (this.#stopping || ports === undefined) return
    seat.restartMs = clock.now() - seat.startedAt > soundMs ? firstRestartMs : Math.min(seat.restartMs * 2, longestRestartMs)
    log.error({ restartMs: seat.restartMs }, 'a serving worker is gone and will be replaced')
    seat.cancelRestart = clock.after(seat.restartMs, () => {
      this.#open(seat, ports).catch((error: unknown) => log.error({ error: String(error) }, 'a serving worker could not be replaced'))
    })
  }
}

function post(worker: Worker, message: ToWorker): void {
  worker.postMessage(message)
}

/** What a request leaves behind is young: a larger nursery would only take memory, up to 48 MB; a smaller one lets it grow old. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 }

const sources = '--conditions=@trinity/source'

/** The package's own name leads to its folder; from the sources a worker runs the sources. */
function openWorker(workerData: WorkerStart): Worker {
  const folder = dirname(createRequire(import.meta.url).resolve('@trinity/gateway/package.json'))
  if (!import.meta.url.endsWith('.ts')) return new Worker(join(folder, 'dist/serving-worker.js'), { workerData, resourceLimits })
  // Flags of the process come along by themselves; handed over, those of V8 would be refused.
  const options = process.execArgv.includes(sources) ? {} : { execArgv: [sources] }
  return new Worker(join(folder, 'src/serving/serving-worker.ts'), { workerData, resourceLimits, ...options })
}
