/** A process that signs pushes with sequences from 1 on, says so, and then sends them at a steady rate to a port of this machine. */
import { createSocket } from 'node:dgram'
import { priceBody, signedDatagram } from './pushes.fixture.ts'

/** What it is told to do. */
export interface FloodOrder {
  readonly port: number
  readonly count: number
  readonly perSecond: number
}

/** What it says when it is ready, and at its end. */
export type FloodReport =
  | { readonly state: 'ready'; readonly bytes: number }
  | { readonly state: 'done'; readonly sent: number; readonly failed: number; readonly ms: number }

const report = (what: FloodReport): void => void process.send?.(what)
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function signAll(count: number): Promise<readonly Uint8Array[]> {
  const timestamp = Date.now()
  const datagrams: Uint8Array[] = []
  while (datagrams.length < count) {
    const first = datagrams.length + 1
    const length = Math.min(1000, count - datagrams.length)
    const fields = { timestamp, expires_at: timestamp + 600_000 }
    datagrams.push(...(await Promise.all(Array.from({ length }, (_, index) => signedDatagram(priceBody(first + index, fields))))))
  }
  return datagrams
}

async function flood({ port, count, perSecond }: FloodOrder): Promise<void> {
  const datagrams = await signAll(count)
  const socket = createSocket({ type: 'udp4', sendBufferSize: 4 << 20 })
  await new Promise<void>((connected) => socket.connect(port, '127.0.0.1', connected))
  report({ state: 'ready', bytes: datagrams[0]?.length ?? 0 })
  await new Promise((resolve) => process.once('message', resolve))
  let sent = 0
  let failed = 0
  const onSent = (error: Error | null): void => void (error === null ? sent++ : failed++)
  const startedAt = performance.now()
  for (let next = 0; next < count; await turn()) {
    const due = Math.min(count, Math.floor(((performance.now() - startedAt) * perSecond) / 1000))
    // No more at once than the system holds for a moment, so that a sender that was held up does not flood by itself.
    for (const end = Math.min(due, next + 400); next < end; next++) socket.send(datagrams[next] ?? new Uint8Array(), onSent)
  }
  const ms = performance.now() - startedAt
  while (sent + failed < count) await turn()
  report({ state: 'done', sent, failed, ms })
  socket.close()
  process.disconnect()
}

process.once('message', (order: FloodOrder) => void flood(order))
