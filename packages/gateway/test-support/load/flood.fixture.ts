import { randomBytes } from 'node:crypto'
import { type Socket, createSocket } from 'node:dgram'
import { once } from 'node:events'
import { seededRandom } from '@trinity/core/testing'
import { keyIdOf, macKeyOf, wireSize, writeHello } from '@trinity/udp'
import type { LoadTarget } from './target.fixture.ts'
import { UdpCaller } from './callers/udp-caller.fixture.ts'

/** A flood of datagrams from many sockets. */
export interface Datagrams {
  readonly sockets: number
  readonly durationMs: number
  /** As fast as they leave when absent. */
  readonly ratePerSecond?: number
  /** `mixed`: of a client and by the rules, broken in all ways, and random; `strangers`: well-formed, but of no session. */
  readonly kind: 'mixed' | 'strangers'
  readonly key: string
  /** Key of the HELLOs in a mixed flood: their number uses up what a key may say in a second. */
  readonly helloKey?: string
  readonly seed: number
}

/** What left, and what came back. */
export interface Flooded {
  readonly sent: number
  readonly failed: number
  readonly answers: number
}

/** So many are handed over before the kernel's word is waited for. */
const together = 32

/** Sends until the time is over and tells how many datagrams the kernel took. */
export async function flood({ host, udpPort }: LoadTarget, datagrams: Datagrams): Promise<Flooded> {
  const random = seededRandom(datagrams.seed)
  const below = (end: number): number => Math.floor(random() * end)
  const client = await UdpCaller.open({ host, port: udpPort, key: datagrams.key, asset: 'BTC', patienceMs: 1000 })
  const flooded = { sent: 0, failed: 0, answers: 0 }
  const sockets = await Promise.all(Array.from({ length: datagrams.sockets }, () => openSocket(host, udpPort, () => flooded.answers++)))
  let lastId = 1000

  function hello(): Uint8Array {
    const bytes = new Uint8Array(wireSize.hello)
    const key = below(2) === 0 ? (datagrams.helloKey ?? datagrams.key) : 'a key that nobody has'
    writeHello(bytes, 0, { requestId: lastId++, keyId: keyIdOf(key), clientTimeMs: Date.now(), clientNonce: randomBytes(16) }, macKeyOf(key))
    return bytes
  }

  /** Session, tag and form are the client's, but it comes from another socket, may be cut, changed or sent twice. */
  function next(): Uint8Array {
    if (datagrams.kind === 'strangers') return client.query(lastId++)
    switch (below(6)) {
      case 0:
        return randomBytes(below(1400))
      case 1:
        return hello()
      case 2:
        return client.query(lastId++).subarray(0, below(36))
      case 3: {
        const bytes = client.query(lastId++)
        bytes[below(bytes.length)] = below(256)
        return bytes
      }
      default:
        return client.query(lastId++)
    }
  }

  const startsAt = performance.now()
  for (let i = 0; performance.now() - startsAt < datagrams.durationMs;) {
    const due = datagrams.ratePerSecond === undefined ? i + together : ((performance.now() - startsAt) * datagrams.ratePerSecond) / 1000
    const sends: Promise<void>[] = []
    for (; i < due && sends.length < together; i++) {
      const own = datagrams.kind === 'mixed' && below(4) === 0
      const bytes = next()
      const socket = sockets[i % sockets.length] as Socket
      sends.push(own ? client.send(bytes).then(count) : send(socket, bytes).then(count))
    }
    if (sends.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    else await Promise.all(sends)
  }
  await new Promise((resolve) => setTimeout(resolve, 300))
  for (const socket of sockets) socket.close()
  // The session's own HELLO, which is not sent twice when it was answered at once.
  flooded.sent += client.hellos
  client.close()
  return flooded

  function count(left: boolean): void {
    if (left) flooded.sent++
    else flooded.failed++
  }
}

async function openSocket(host: string, port: number, onAnswer: () => void): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.on('error', () => undefined)
  socket.on('message', onAnswer)
  socket.connect(port, host)
  await once(socket, 'connect')
  return socket
}

/** Whether the kernel took it. */
function send(socket: Socket, bytes: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => socket.send(bytes, (error) => resolve(error === null)))
}
