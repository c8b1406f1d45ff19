/**
 * Starts workers that serve UDP, sends to all of them without pause, and ends each at a moment of chance in one of the ways there
 * are. Runs as a process of its own, which an addon that leaves a handle behind takes down: `worker-storm.fixture.ts KIND WORKERS SEED`.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { UdpTransport } from '../transport.ts'
import type { EchoWorkerData } from './echo-worker.fixture.ts'

/** What the process prints. */
export interface StormReport {
  readonly ended: number
  /** Answers that came back, so that there was a load. */
  readonly answered: number
  /** Workers that were ended before they had opened their socket. */
  readonly early: number
  readonly descriptorsBefore: number
  readonly descriptorsAfter: number
}

const [kind = 'dgram', workers = '10', seed = '1'] = process.argv.slice(2)
const ends = ['terminate', 'terminate', 'exit-in-handler', 'throw-in-handler', 'close'] as const
let state = Number(seed)
/** 0 to 1, by a linear congruential generator: the same seed, the same storm. */
const chance = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32

const targets = new Set<number>()
let answered = 0
let early = 0
let isOver = false

async function load(): Promise<void> {
  const client = createSocket({ type: 'udp4', lookup: (address, _, resolved) => resolved(null, address, 4) })
  client.on('message', () => answered++)
  client.on('error', () => undefined)
  client.bind(0, '127.0.0.1')
  const datagram = Buffer.alloc(40, 1)
  while (!isOver) {
    for (const port of targets) for (let sent = 0; sent < 40; sent++) client.send(datagram, port, '127.0.0.1')
    await setImmediate()
  }
  client.close()
}

async function oneWorker(): Promise<void> {
  const end = ends[Math.floor(chance() * ends.length)] ?? 'terminate'
  const data: EchoWorkerData = { kind: kind as UdpTransport['kind'], end, batches: 1 + Math.floor(chance() * 50) }
  const worker = new Worker(new URL('./echo-worker.fixture.ts', import.meta.url), { workerData: data })
  let port: number | undefined
  worker.once('message', (opened: number) => {
    port = opened
    targets.add(opened)
  })
  const exited = once(worker, 'exit')
  if (end === 'terminate') {
    // Sometimes while it still starts.
    if (chance() < 0.8) await Promise.race([once(worker, 'message'), exited])
    await setTimeout(chance() * 30)
    await worker.terminate()
  }
  await exited
  if (port === undefined) early++
  else targets.delete(port)
}

const descriptors = (): number => readdirSync('/proc/self/fd').length
const loading = load()
// The first worker of a process, and the first datagram, open some for good.
await oneWorker()
const descriptorsBefore = descriptors()
let started = 0
await Promise.all(
  Array.from({ length: 4 }, async () => {
    while (started++ < Number(workers)) await oneWorker()
  }),
)
await setTimeout(20)
const report: StormReport = { ended: Number(workers), answered, early, descriptorsBefore, descriptorsAfter: descriptors() }
isOver = true
await loading
process.stdout.write(JSON.stringify(report))
