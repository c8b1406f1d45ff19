import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Frame } from './connector.ts'
import { type NodeTransportOptions, nodeTransport } from './node-transport.ts'
import type { Socket, SocketClose } from './transport.ts'

const closers: (() => void)[] = []

afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** A WebSocket server on loopback. */
async function serveSockets(onSocket: (socket: WebSocket, request: IncomingMessage) => void): Promise<string> {
  const server = createServer()
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', onSocket)
  closers.push(() => {
    for (const client of sockets.clients) client.terminate()
  })
  return `ws://127.0.0.1:${await listen(server)}`
}

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(answer))}`
}

interface Client {
  readonly socket: Socket
  readonly opened: Promise<void>
  readonly closed: Promise<SocketClose>
  readonly frames: Frame[]
  /** Resolves with the next frame. */
  next(): Promise<Frame>
  closes: number
}

function connect(url: string, options?: NodeTransportOptions): Client {
  const opened = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<SocketClose>()
  const waiting: ((frame: Frame) => void)[] = []
  const client: Client = {
    socket: nodeTransport(options).connect(url, {
      onOpen: () => opened.resolve(),
      onFrame: (frame) => {
        client.frames.push(frame)
        waiting.shift()?.(frame)
      },
      onClose: (close) => {
        client.closes++
        closed.resolve(close)
      },
    }),
    opened: opened.promise,
    closed: closed.promise,
    frames: [],
    next: () => new Promise((resolve) => waiting.push(resolve)),
    closes: 0,
  }
  closers.push(() => client.socket.terminate())
  return client
}

describe('a socket', () => {
  test('carries text and bytes both ways, without compression', async () => {
    const got: unknown[] = []
    const url = await serveSockets((socket, request) => {
      got.push(request.headers['sec-websocket-extensions'])
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
    })
    const client = connect(url)
    await client.opened
    client.socket.send('{"price":"60000.40"}')
    expect(await client.next()).toBe('{"price":"60000.40"}')
    client.socket.send(new Uint8Array([0, 255, 1]))
    expect(Uint8Array.from((await client.next()) as Uint8Array)).toEqual(new Uint8Array([0, 255, 1]))
    expect(got).toEqual([undefined])
  })

  test('tells why the venue closed it, once', async () => {
    const client = connect(await serveSockets((socket) => socket.close(1012, 'restart')))
    expect(await client.closed).toMatchObject({ code: 1012, reason: 'restart' })
    client.socket.terminate()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(client.closes).toBe(1)
  })

  test('ends at a frame that is longer than allowed', async () => {
    const client = connect(await serveSockets((socket) => socket.send('x'.repeat(2000))), { maxFrameBytes: 1000 })
    expect((await client.closed).reason).toMatch(/max payload size/i)
    expect(client.frames).toEqual([])
  })

  test('a refused upgrade says its status and how long to wait', async () => {
    const url = await serve((_, response) => response.end())
    const server = createServer()
    server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nConnection: close\r\n\r\n'))
    const refused = connect(`ws://127.0.0.1:${await listen(server)}`)
    expect(await refused.closed).toMatchObject({ status: 429, retryAfterMs: 7000, reason: 'Too Many Requests' })
    const plainHttp = connect(url.replace('http', 'ws'))
    expect(await plainHttp.closed).toMatchObject({ status: 200 })
  })

  test('Retry-After may be a date', async () => {
    const server = createServer()
    server.on('upgrade', (_, socket) =>
      socket.end(`HTTP/1.1 503 Busy\r\nRetry-After: ${new Date(Date.now() + 60_000).toUTCString()}\r\nConnection: close\r\n\r\n`),
    )
    const { retryAfterMs = 0 } = await connect(`ws://127.0.0.1:${await listen(server)}`).closed
    expect(retryAfterMs).toBeGreaterThan(55_000)
    expect(retryAfterMs).toBeLessThanOrEqual(60_000)
  })

  test('a port where nobody listens closes with the reason', async () => {
    const server = createServer()
    const port = await listen(server)
    await new Promise((resolve) => server.close(resolve))
    expect((await connect(`ws://127.0.0.1:${port}`).closed).reason).toMatch(/ECONNREFUSED/)
  })

  test('a server that never answers the upgrade is given up in time', async () => {
    const server = createServer()
    server.on('upgrade', () => undefined)
    const startedAt = Date.now()
    const close = await connect(`ws://127.0.0.1:${await listen(server)}`, { connectTimeoutMs: 100 }).closed
    expect(close.reason).toMatch(/timed out/i)
    expect(Date.now() - startedAt).toBeLessThan(5000)
  })

  test('terminate ends it at once, also while it connects, and later frames are not sent', async () => {
    const url = await serveSockets(() => undefined)
    const early = connect(url)
    early.socket.terminate()
    await early.closed
    const client = connect(url)
    await client.opened
    client.socket.terminate()
    client.socket.send('late')
    expect((await client.closed).code).toBe(1006)
  })

  test('close shakes hands, also while it connects', async () => {
    const codes: number[] = []
    const url = await serveSockets((socket) => socket.on('close', (code) => codes.push(code)))
    const early = connect(url)
    early.socket.close()
    await early.closed
    const client = connect(url)
    await client.opened
    client.socket.close()
    await client.closed
    expect(codes).toEqual([1005])
  })
})

test('a peer that does not answer the closing handshake is let go', async () => {
  const server = createServer()
  server.on('upgrade', (request, socket) => {
    socket.on('error', () => undefined)
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
  })
  const client = connect(`ws://127.0.0.1:${await listen(server)}`)
  await client.opened
  const startedAt = Date.now()
  client.socket.close()
  await client.closed
  expect(Date.now() - startedAt).toBeLessThan(5000)
})

describe('a REST request', () => {
  const get = (url: string, options?: NodeTransportOptions, headers = {}): ReturnType<ReturnType<typeof nodeTransport>['request']> =>
    nodeTransport(options).request({ url, headers })

  test('gives status and body of any answer, and sends our headers', async () => {
    const seen: IncomingMessage['headers'][] = []
    const url = await serve((request, response) => {
      seen.push(request.headers)
      response.writeHead(429, { 'retry-after': '3' }).end('slow down ü')
    })
    expect(await get(url, {}, { 'x-more': '1' })).toEqual({ status: 429, body: 'slow down ü', retryAfterMs: 3000 })
    expect(seen[0]).toMatchObject({ 'user-agent': 'trinity', accept: 'application/json', 'x-more': '1' })
  })

  test('a body past the limit is refused', async () => {
    const url = await serve((_, response) => response.end('x'.repeat(5000)))
    await expect(get(url, { maxBodyBytes: 4999 })).rejects.toThrow('4999 bytes')
    expect((await get(url, { maxBodyBytes: 5000 })).body).toHaveLength(5000)
  })

  test('an answer that takes too long is given up, also in the middle of its body', async () => {
    const never = await serve(() => undefined)
    await expect(get(never, { requestTimeoutMs: 100 })).rejects.toThrow()
    const drip = await serve((_, response) => response.writeHead(200).write('x'))
    await expect(get(drip, { requestTimeoutMs: 100 })).rejects.toThrow()
  })

  test('redirects are not followed', async () => {
    const url = await serve((request, response) =>
      request.url === '/' ? response.writeHead(302, { location: '/other' }).end() : response.end('other'),
    )
    await expect(get(url)).rejects.toThrow()
  })
})
