import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { RecordingOrder } from './recording-thread.fixture.ts'
import { UsageDrain } from './usage-drain.ts'
import { type UsageRow, createUsageTables } from './usage-layout.ts'

/** Kills recording threads at random moments, one after another on the same memory, while the main thread drains. */
export class Killing {
  readonly drained: Int32Array
  readonly begun: Int32Array
  readonly done: Int32Array
  spilled = 0
  readonly #strange: UsageRow[] = []
  readonly #drain: UsageDrain
  readonly #order: RecordingOrder

  constructor(capacity: number, keys: number, spread: number) {
    const cells = (): SharedArrayBuffer => new SharedArrayBuffer(keys * 4)
    this.#order = { usage: createUsageTables(capacity), begun: cells(), done: cells(), keys, spread }
    this.drained = new Int32Array(keys)
    this.begun = new Int32Array(this.#order.begun)
    this.done = new Int32Array(this.#order.done)
    this.#drain = new UsageDrain(this.#order.usage)
  }

  async kill(threads: number): Promise<void> {
    for (let thread = 0; thread < threads; thread++) {
      const worker = new Worker(new URL('recording-thread.fixture.ts', import.meta.url), { workerData: this.#order })
      await once(worker, 'message')
      worker.on('message', (row: UsageRow) => {
        this.spilled++
        this.#count(row, 1)
      })
      // Drains follow each other closely for a while, so that many of them meet the recorder in the middle of a request.
      for (let pause = Math.random() * 30; pause > 0; pause--) {
        for (let i = 0; i < 20; i++) this.drain()
        await sleep(3 * Math.random())
      }
      const exit = once(worker, 'exit')
      void worker.terminate()
      this.drain()
      await exit
    }
    this.drain()
  }

  drain(): void {
    this.#drain.drain((row, requests) => this.#count(row, requests))
  }

  #count(row: UsageRow, requests: number): void {
    const { keyRow: key, asset, wireId, tier, protocol, status } = row
    const isWhole = asset === (key & 1023) && wireId === (key & 255) && tier === (key & 3) && protocol === 1 && status === 200
    if (!isWhole) this.#strange.push(row)
    this.drained[key] = (this.drained[key] ?? 0) + requests
  }

  /** What does not add up. A thread may end between counting and saying so, which leaves one request each open. */
  faults(threads: number): readonly string[] {
    const wrong = [...this.drained.keys()].filter((key) => {
      const drained = this.drained[key] ?? 0
      return drained < (this.done[key] ?? 0) || drained > (this.begun[key] ?? 0)
    })
    const open = sum(this.begun) - sum(this.done)
    return [
      ...wrong.map((key) => `key ${key}: ${this.drained[key]} drained, ${this.done[key]} to ${this.begun[key]} recorded`),
      ...this.#strange.map((row) => `never recorded: ${JSON.stringify(row)}`),
      ...(open > threads ? [`${open} requests are open after the end of ${threads} threads`] : []),
    ]
  }

  get total(): number {
    return sum(this.drained)
  }
}

const sum = (counts: Int32Array): number => counts.reduce((total, count) => total + count, 0)
