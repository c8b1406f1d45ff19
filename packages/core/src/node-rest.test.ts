import { once } from 'node:events'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:https'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { RestClient } from './node-rest.ts'
import { createTlsMaterial } from './simulation/server/tls-material.ts'

const closers: (() => void)[] = []

afterEach(() => {
  for (const close of closers.splice(0)) close()
})

interface Served {
  readonly url: string
  readonly sockets: readonly Socket[]
}

async function listen(server: Server, scheme: string): Promise<Served> {
  const sockets: Socket[] = []
  server.on('connection', (socket: Socket) => sockets.push(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `${scheme}://localhost:${(server.address() as AddressInfo).port}`, sockets }
}

const serve = (answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Served> => listen(createServer(answer), 'http')

const client = (limits: { requestTimeoutMs?: number; maxBodyBytes?: number } = {}): RestClient =>
  new RestClient({ requestTimeoutMs: 5000, maxBodyBytes: 100_000, ...limits })

const unavailable = (words: RegExp): Error =>
  expect.objectContaining({ code: 'TRN_VENUE_UNAVAILABLE', message: expect.stringMatching(words) as string }) as Error

describe('a REST answer', () => {
  test('may come packed, and is bounded by its length unpacked', async () => {
    const text = JSON.stringify({ price: '60000.40', note: 'ü'.repeat(30_000) })
    const { url } = await serve((request, response) => {
      expect(request.headers['accept-encoding']).toBe('gzip')
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text))
    })
    expect((await client().request({ url })).body).toBe(text)
    await expect(client({ maxBodyBytes: 60_000 }).request({ url })).rejects.toThrow(unavailable(/60000 bytes/))
  })

  test.each(['GZIP', 'x-gzip'])('packed as %s is unpacked', async (encoding) => {
    const { url } = await serve((_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(gzipSync('{}')))
    expect((await client().request({ url })).body).toBe('{}')
  })

  test.each<[string, string]>([
    ['no body at all', ''],
    ['a body that is not packed', 'slow down'],
    ['too long a body', 'x'.repeat(200_000)],
  ])('that refuses keeps its status and its pause with %s', async (_name, body) => {
    const headers = { 'retry-after': '7', ...(body.length > 100_000 ? {} : { 'content-encoding': 'gzip' }) }
    const { url } = await serve((_, response) => response.writeHead(429, headers).end(body))
    expect(await client().request({ url })).toEqual({ status: 429, body: '', retryAfterMs: 7000 })
  })

  test.each([
    ['60', 60_000],
    ['0', 0],
    ['86400', 86_400_000],
    ['86401', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['a minute', undefined],
  ])('that caches have held for %j seconds says so', async (age, ageMs) => {
    const { url } = await serve((_, response) => response.writeHead(200, { age }).end('{}'))
    expect(await client().request({ url })).toEqual(ageMs === undefined ? { status: 200, body: '{}' } : { status: 200, body: '{}', ageMs })
  })

  test('that is packed wrongly, or ends too soon, is an error', async () => {
    const broken = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip'))
    await expect(client().request(broken)).rejects.toThrow()
    const cut = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(5000)).subarray(0, 20)))
    await expect(client().request(cut)).rejects.toThrow()
    const short = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('x')
      setTimeout(() => response.destroy(), 20)
    })
    await expect(client().request(short)).rejects.toThrow()
  })

  test('in characters that are cut between two packets is whole', async () => {
    const bytes = Buffer.from('{"name":"Zoë €"}')
    const { url } = await serve((_, response) => {
      response.writeHead(200)
      for (const byte of bytes) response.write(Uint8Array.of(byte))
      response.end()
    })
    expect((await client().request({ url })).body).toBe('{"name":"Zoë €"}')
  })

  test.each([301, 302, 303, 307, 308])('that leads elsewhere with %d is an error, and nobody goes there', async (status) => {
    let asked = 0
    const { url } = await serve((_, response) => {
      asked++
      response.writeHead(status, { location: '/other' }).end()
    })
    await expect(client().request({ url })).rejects.toThrow(unavailable(new RegExp(String(status))))
    expect(asked).toBe(1)
  })

  test('that does not come in time is said to be so, and its connection is ended', async () => {
    const { url, sockets } = await serve(() => undefined)
    await expect(client({ requestTimeoutMs: 100 }).request({ url })).rejects.toThrow(unavailable(/did not answer in 100 ms/))
    if (sockets[0]?.closed !== true) await once(sockets[0] as Socket, 'close')
    const dripping = await serve((_, response) => response.writeHead(200).write('x'))
    await expect(client({ requestTimeoutMs: 100 }).request(dripping)).rejects.toThrow(unavailable(/did not answer in 100 ms/))
  })
})

describe('a REST connection', () => {
  test('serves one request after the other, and several at once where they are asked for at once', async () => {
    const { url, sockets } = await serve((_, response) => response.end('{}'))
    const rest = client()
    for (let i = 0; i < 5; i++) await rest.request({ url })
    expect(sockets).toHaveLength(1)
    await Promise.all(Array.from({ length: 3 }, () => rest.request({ url })))
    expect(sockets).toHaveLength(3)
  })

  test('to a venue whose certificate nobody vouches for is refused', async () => {
    const { options } = createTlsMaterial(Date.now(), () => undefined)
    const { url } = await listen(
      createTlsServer(options, (_, response) => response.end('{}')),
      'https',
    )
    await expect(client().request({ url })).rejects.toThrow(/certificate/)
  })
})
