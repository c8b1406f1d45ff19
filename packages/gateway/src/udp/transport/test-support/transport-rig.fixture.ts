import { type Socket, createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, onTestFinished } from 'vitest'
import { buildNative } from '../../../../../../scripts/build-native.ts'
import { openTransport } from '../open-transport.ts'
import { type UdpBinding, type UdpHandler, type UdpTransport, batchSlots, slotBytes } from '../transport.ts'

const build = buildNative()
if (build.outcome === 'failed') throw new Error(build.text)

/** Why the native transport can't be tested here; undefined where it can. */
export const nativeMissing = build.outcome === 'skipped' ? build.text : undefined

/** The kinds that can be tested here; the native one is built for it. */
export const transportKinds: readonly UdpTransport['kind'][] = nativeMissing === undefined ? ['dgram', 'native'] : ['dgram']

/** Memory for one socket, as a WebAssembly module would give it; slots begin somewhere in it. */
export function transportMemory(): Pick<UdpBinding, 'memory' | 'memoryStart'> {
  const pages = Math.ceil((2 * batchSlots * slotBytes + 4096) / 65_536)
  return { memory: new Uint8Array(new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer), memoryStart: 1040 }
}

/** A transport that is closed with the test. */
export async function openForTest(kind: UdpTransport['kind'], handle: UdpHandler, at: Partial<UdpBinding> = {}): Promise<UdpTransport> {
  const binding: UdpBinding = { host: '127.0.0.1', port: 0, reusePort: false, ...transportMemory(), handle, ...at }
  const { transport } = await openTransport(kind, binding, 'UDP_PORT')
  onTestFinished(() => transport.close())
  return transport
}

/** Answers each datagram with its own bytes, and skips what a slot can't hold. */
export const echo: UdpHandler = ({ first, end, memory, rxStart, txStart, rxLength, txLength }) => {
  for (let i = first; i < end; i++) {
    const length = rxLength[i] ?? 0
    if (length > slotBytes) continue
    memory.copyWithin(txStart + i * slotBytes, rxStart + i * slotBytes, rxStart + i * slotBytes + length)
    txLength[i] = length
  }
}

/** A client socket that keeps what it is sent. */
export interface TestClient {
  readonly socket: Socket
  readonly received: Buffer[]
  /** Sends at once, without a turn of the event loop, so that a server on this thread finds all of it in one wake-up. */
  send(datagrams: readonly Uint8Array[]): void
  /** What has come, once it is `count` datagrams or more. */
  replies(count: number): Promise<readonly Buffer[]>
}

/** A client connected to a port. */
export async function connectClient(port: number, host = '127.0.0.1'): Promise<TestClient> {
  const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', recvBufferSize: 4 * 1024 * 1024 })
  onTestFinished(() => void socket.close())
  const received: Buffer[] = []
  socket.on('message', (bytes) => received.push(bytes))
  // A closed port is heard of by an error of the next send.
  socket.on('error', () => undefined)
  socket.connect(port, host)
  await once(socket, 'connect')
  return {
    socket,
    received,
    send: (datagrams) => datagrams.forEach((datagram) => socket.send(datagram)),
    async replies(count) {
      const signal = AbortSignal.timeout(5000)
      while (received.length < count && !signal.aborted) await once(socket, 'message', { signal }).catch(() => undefined)
      expect(received.length).toBeGreaterThanOrEqual(count)
      return received
    },
  }
}

/** Time for answers that should not come. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20))
}

/** A datagram of `length` bytes that begins with a number and is filled with it. */
export function numbered(number: number, length = 36): Buffer {
  const datagram = Buffer.alloc(length, number)
  datagram.writeUInt32BE(number)
  return datagram
}
