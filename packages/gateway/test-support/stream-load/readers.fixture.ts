/** Readers of a stream as a process of their own, so that they and the server do not wait for each other; the parent drives it by messages. */
import { once } from 'node:events'
import { type Socket, connect } from 'node:net'
import { testKey } from '../test-keys.fixture.ts'

/** How a reader reads: at once, or slowly: half of those a little twice a second, the others not at all. */
export type Manner = 'fast' | 'slow'

/** What the parent may ask for. */
export type ReadersOrder =
  /** Half of them over SSE, the others over WebSocket. */
  | { readonly do: 'open'; readonly manner: Manner; readonly count: number }
  | { readonly do: 'close' }
  /** Forgets what was heard so far. */
  | { readonly do: 'listen' }
  | { readonly do: 'tell' }

/** What comes back once it is done. */
export interface ReadersReport {
  /** For each fast reader what it has heard since it was told to listen: how long after its change each price came, milliseconds. */
  readonly heard: readonly (readonly number[])[]
}

const [, , port = ''] = process.argv
const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'

/** What slow readers take in a second, bytes; each takes one of these. */
const rates = [0, 1000, 0, 2000, 0, 4000, 0, 8000, 0, 16_000]

const sockets: Socket[] = []
const delays: number[][] = []

process.on('message', (order: ReadersOrder) => void obey(order))
process.send?.({})

async function obey(order: ReadersOrder): Promise<void> {
  if (order.do === 'open') await open(order.manner, order.count)
  else if (order.do === 'close') close()
  else if (order.do === 'listen') for (const heard of delays) heard.length = 0
  process.send?.({ heard: delays } satisfies ReadersReport)
}

function close(): void {
  for (const socket of sockets.splice(0)) socket.destroy()
  delays.length = 0
}

/** Some at a time, one after the other in the server's eyes. */
async function open(manner: Manner, count: number): Promise<void> {
  const openOne = manner === 'fast' ? openFast : openSlow
  for (let left = count; left > 0; left -= 20) await Promise.all(Array.from({ length: Math.min(left, 20) }, openOne))
}

async function openFast(): Promise<void> {
  const socket = connect(Number(port), '127.0.0.1')
  greet(socket)
  const heard: number[] = []
  delays.push(heard)
  let text = ''
  socket.setEncoding('latin1').on('data', (part: string) => {
    const now = process.hrtime.bigint()
    text += part
    let end = 0
    for (const match of text.matchAll(/"price_text":"(\d+)"/g)) {
      heard.push(Number(now - BigInt(match[1] ?? 0)) / 1e6)
      end = match.index + match[0].length
    }
    text = text.slice(end)
  })
  await once(socket, 'data')
}

/** A reader with a small buffer of its own, which it fills at most twice a second. */
async function openSlow(): Promise<void> {
  const rate = rates[Math.floor(sockets.length / 2) % rates.length] ?? 0
  await new Promise<void>((resolve) => {
    const callback = (): boolean => {
      resolve()
      return false
    }
    const socket = connect({ port: Number(port), host: '127.0.0.1', onread: { buffer: Buffer.alloc(Math.max(1000, rate) / 2), callback } })
    greet(socket)
    if (rate === 0) return
    const drips = setInterval(() => socket.resume(), 500)
    socket.once('close', () => clearInterval(drips))
  })
}

/** Asks for the stream, in turn over SSE and over WebSocket. */
function greet(socket: Socket): void {
  const isWebSocket = sockets.push(socket) % 2 === 0
  socket.on('error', () => undefined)
  socket.write(`GET /stream?assets=BTC HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${testKey}\r\n${isWebSocket ? upgrade : ''}\r\n`)
}
