import { parentPort, workerData } from 'node:worker_threads'
import { UsageRecorder } from './usage-recorder.ts'

/** What a recording thread is given; it records until it is ended. */
export interface RecordingOrder {
  readonly usage: SharedArrayBuffer
  /** A count for each key, raised before a request of it is recorded, and one raised after. */
  readonly begun: SharedArrayBuffer
  readonly done: SharedArrayBuffer
  readonly keys: number
  /** One of so many requests is of any key, the others are of the first sixteen. */
  readonly spread: number
}

const { usage, begun, done, keys, spread } = workerData as RecordingOrder
const before = new Int32Array(begun)
const after = new Int32Array(done)
const recorder = new UsageRecorder(usage, (row) => parentPort?.postMessage(row))
parentPort?.postMessage('recording')

for (let i = 0, random = 1; ; i++) {
  random = (Math.imul(random, 1_664_525) + 1_013_904_223) | 0
  const key = (random >>> 8) % (i % spread === 0 ? keys : 16)
  Atomics.add(before, key, 1)
  recorder.record(key, key & 1023, key & 255, key & 3, 1, 200)
  Atomics.add(after, key, 1)
}
