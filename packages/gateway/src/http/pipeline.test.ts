import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import { type AddressInfo, type Socket, connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { limitPipelines, maxUnanswered, takeRequest } from './pipeline.ts'

interface Rig {
  readonly server: Server
  readonly url: string
  /** Paths of the requests that the server has seen. */
  readonly seen: string[]
}

interface Client {
  readonly socket: Socket
  readonly paths: () => readonly string[]
  readonly text: () => string
  readonly closed: Promise<string>
}

type Answer = (request: IncomingMessage, response: ServerResponse, isLast: boolean) => void

/** As the server does: at once, but for the last that a connection may ask. */
const atOnce: Answer = ({ url }, response, isLast) => {
  if (isLast) setImmediate(() => response.end(`<${url ?? ''}>`))
  else response.end(`<${url ?? ''}>`)
}

const later: Answer = ({ url }, response) => void setTimeout(() => response.end(`<${url ?? ''}>`), 5 * Math.random())

async function openServer(answer: Answer): Promise<Rig> {
  const seen: string[] = []
  const server = createServer({ shouldUpgradeCallback: () => false }, (request, response) => {
    seen.push(request.url ?? '')
    answer(request, response, takeRequest(request, response))
  })
  limitPipelines(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { server, seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function openClient({ server }: Rig): Client {
  let text = ''
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.setEncoding('latin1').on('data', (part: string) => (text += part))
  const closed = new Promise<string>((resolve) => {
    socket.on('error', ({ message }) => resolve(message))
    socket.on('close', () => resolve('closed'))
  })
  return { socket, text: () => text, paths: () => [...text.matchAll(/<(.*?)>/g)].map(([, path = '']) => path), closed }
}

const requestsOf = (count: number, from = 0): string =>
  Array.from({ length: count }, (_, i) => `GET /${from + i} HTTP/1.1\r\nHost: a\r\n\r\n`).join('')
const pathsOf = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `/${i}`)

test.each([
  ['at once', atOnce],
  ['later', later],
])('as many as a connection may ask are answered in order, and it stays open: %s', async (_, answer) => {
  const client = openClient(await openServer(answer))
  for (let round = 0; round < 3; round++) {
    client.socket.write(requestsOf(maxUnanswered, round * maxUnanswered))
    await vi.waitFor(() => expect(client.paths()).toEqual(pathsOf((round + 1) * maxUnanswered)))
  }
  expect(client.text()).not.toContain('Connection: close')
})

test.each([
  ['at once', atOnce, 17],
  ['at once', atOnce, 20_000],
  ['later', later, 17],
  ['later', later, 20_000],
])('the 16th answer of more says close and is the last: answers come %s, of %3$i', async (_, answer, count) => {
  const rig = await openServer(answer)
  const client = openClient(rig)
  client.socket.write(requestsOf(count))
  expect(await client.closed).toBe('closed')
  expect(client.paths()).toEqual(pathsOf(maxUnanswered))
  expect(rig.seen).toEqual(pathsOf(maxUnanswered))
  expect(client.text().match(/Connection: close/g)).toHaveLength(1)
  expect(client.text().lastIndexOf('HTTP/1.1')).toBeLessThan(client.text().indexOf('Connection: close'))
})

test('a client that reads as it sends gets 2,000 answers in order', async () => {
  const client = openClient(await openServer(later))
  let sent = 0
  const send = (): void => {
    const count = Math.min(2000 - sent, maxUnanswered - (sent - client.paths().length))
    client.socket.write(requestsOf(count, sent))
    sent += count
  }
  client.socket.on('data', send)
  send()
  await vi.waitFor(() => expect(client.paths()).toHaveLength(2000), 10_000)
  expect(client.paths()).toEqual(pathsOf(2000))
})

test('bodies that follow one another are requests as others', async () => {
  const client = openClient(await openServer(later))
  const post = (i: number): string => `POST /${i} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n{"a":`
  client.socket.write(Array.from({ length: 40 }, (_, i) => post(i)).join(''))
  expect(await client.closed).toBe('closed')
  expect(client.paths()).toEqual(pathsOf(maxUnanswered))
})

test('an upgrade that is not made is answered and ends the connection', async () => {
  const rig = await openServer(atOnce)
  const client = openClient(rig)
  client.socket.write(`GET /0 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n${requestsOf(3, 1)}`)
  expect(await client.closed).toBe('closed')
  expect(client.paths()).toEqual(['/0'])
  expect(client.text()).toContain('Connection: close')
})

test('an answer that was ready before the connection asked too much is the last all the same', async () => {
  const held: ServerResponse[] = []
  // The first waits, so that the others can’t be sent although they are ready.
  const rig = await openServer(({ url }, response) => {
    if (url === '/0') held.push(response)
    else response.end(`<${url ?? ''}>`)
  })
  const client = openClient(rig)
  client.socket.write(requestsOf(maxUnanswered))
  await vi.waitFor(() => expect(rig.seen).toHaveLength(maxUnanswered))
  client.socket.write(requestsOf(5, maxUnanswered))
  await pause(50)
  held[0]?.end('</0>')
  expect(await client.closed).toBe('closed')
  expect(client.paths()).toEqual(pathsOf(maxUnanswered))
  expect(rig.seen).toHaveLength(maxUnanswered)
})

test('a connection that leaves its answers unread is not asked for more', async () => {
  const bytes = Buffer.alloc(1_000_000, 'x')
  const rig = await openServer((_request, response) => void response.end(bytes))
  const client = openClient(rig)
  client.socket.pause()
  for (let i = 0; i < 30; i++) {
    client.socket.write(requestsOf(1, i))
    await pause(5)
  }
  expect(rig.seen.length).toBeLessThan(maxUnanswered)
  client.socket.resume()
  expect(await client.closed).toBe('closed')
  expect(client.text().match(/HTTP\/1\.1 200/g)).toHaveLength(rig.seen.length)
})
