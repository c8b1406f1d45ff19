import { type Server, createServer } from 'node:http'
import { type AddressInfo, Socket, connect } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { limitPipelines, maxUnanswered, takeRequest } from './pipeline.ts'
import { ReadTurns, connectionsPerTurn, requestsPerTurn } from './read-turns.ts'

interface Rig {
  readonly server: Server
  /** Paths of the requests of each turn of the event loop that had some. */
  readonly turns: (readonly string[])[]
}

interface Client {
  readonly socket: Socket
  /** Paths of the responses. */
  paths(): readonly string[]
}

async function openServer(): Promise<Rig> {
  const turns: string[][] = []
  let turn: string[] | undefined
  const server = createServer((request, response) => {
    if (turn === undefined) {
      turns.push((turn = []))
      setImmediate(() => (turn = undefined))
    }
    turn.push(request.url ?? '')
    takeRequest(request, response)
    response.end(`<${request.url ?? ''}>`)
  })
  limitPipelines(server)
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { server, turns }
}

/** Clients whose connections the server has. */
async function openClients({ server }: Rig, count: number): Promise<readonly Client[]> {
  let accepted = 0
  server.on('connection', () => accepted++)
  const clients = Array.from({ length: count }, () => {
    let text = ''
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    socket.setEncoding('latin1').on('data', (part: string) => (text += part))
    return { socket, paths: () => [...text.matchAll(/<(.*?)>/g)].map(([, path = '']) => path) }
  })
  await vi.waitFor(() => expect(accepted).toBe(count), 5000)
  return clients
}

const pathsOf = (name: string, count = maxUnanswered): readonly string[] => Array.from({ length: count }, (_, i) => `/${name}/${i}`)
const ask = ({ socket }: Client, paths: readonly string[]): void =>
  void socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''))

/** A turn is full when all of the connection have been read that fills it, and those whose turn it is are read whatever else is. */
const mostOfTurn = requestsPerTurn + maxUnanswered + connectionsPerTurn * maxUnanswered

test('what many connections send at once is read in many turns, and all of it is answered in order', async () => {
  const rig = await openServer()
  const clients = await openClients(rig, 100)
  for (const round of ['first', 'again']) {
    rig.turns.length = 0
    for (const [i, client] of clients.entries()) ask(client, pathsOf(`${round}${i}`))
    await vi.waitFor(() => expect(rig.turns.flat()).toHaveLength(100 * maxUnanswered))
    const most = Math.max(...rig.turns.map((turn) => turn.length))
    expect(most).toBeLessThanOrEqual(mostOfTurn)
    for (const [i, client] of clients.entries()) await vi.waitFor(() => expect(client.paths().slice(-maxUnanswered)).toEqual(pathsOf(`${round}${i}`)))
  }
})

test('who sends one request at a time does not wait for those who send many', async () => {
  const rig = await openServer()
  const polite = await openClients(rig, 10)
  for (const client of polite) ask(client, ['/hello'])
  await vi.waitFor(() => expect(rig.turns.flat()).toHaveLength(10))
  const flood = await openClients(rig, 100)
  for (const client of flood) ask(client, pathsOf('flood'))
  for (const client of polite) ask(client, ['/polite'])
  await vi.waitFor(() => expect(rig.turns.flat()).toHaveLength(20 + 100 * maxUnanswered))
  const asked = rig.turns.flat()
  expect(asked.lastIndexOf('/polite') - asked.lastIndexOf('/hello')).toBeLessThanOrEqual(10 + mostOfTurn)
})

test('new connections are read however many others keep each turn full', async () => {
  const rig = await openServer()
  const busy = await openClients(rig, 3 * requestsPerTurn)
  for (const client of busy) {
    client.socket.on('data', () => ask(client, ['/busy']))
    ask(client, ['/busy'])
  }
  await vi.waitFor(() => expect(rig.turns.length).toBeGreaterThan(20))
  const late = await openClients(rig, 100)
  for (const client of late) ask(client, ['/late'])
  const from = rig.turns.length
  await vi.waitFor(() => expect(late.flatMap((client) => client.paths())).toHaveLength(100), 5000)
  expect(rig.turns.length - from).toBeLessThan(100)
})

test('connections that close while they wait are forgotten', async () => {
  const rig = await openServer()
  const clients = await openClients(rig, 100)
  for (const client of clients) ask(client, pathsOf('gone'))
  setImmediate(() => {
    for (const { socket } of clients) socket.resetAndDestroy()
  })
  await vi.waitFor(async () => {
    const count = await new Promise((resolve) => void rig.server.getConnections((_error, open) => resolve(open)))
    expect(count).toBe(0)
  })
  const [next] = await openClients(rig, 1)
  if (next !== undefined) ask(next, ['/next'])
  await vi.waitFor(() => expect(next?.paths()).toEqual(['/next']))
})

describe('one by one', () => {
  function connections(count: number): { readonly sockets: readonly Socket[]; readonly requests: readonly (() => void)[] } {
    const turns = new ReadTurns()
    const sockets = Array.from({ length: count }, () => new Socket())
    return { sockets, requests: sockets.map((socket) => turns.watch(socket)) }
  }

  test('a connection that sends one request a turn is never stopped, new ones are when the turn is full', async () => {
    const { sockets, requests } = connections(requestsPerTurn + 2)
    for (const request of requests.slice(0, -1)) request()
    expect(sockets.findIndex((socket) => socket.isPaused())).toBe(requestsPerTurn)
    await nextTurn()
    expect(sockets.some((socket) => socket.isPaused())).toBe(false)
    for (const request of requests.slice(0, requestsPerTurn)) request()
    expect(sockets.slice(0, requestsPerTurn).some((socket) => socket.isPaused())).toBe(false)
  })

  test('a connection whose turn it is is not stopped again in it', async () => {
    const { sockets, requests } = connections(requestsPerTurn + connectionsPerTurn + 1)
    for (const request of requests.slice(0, requestsPerTurn)) request()
    const waiting = sockets.slice(requestsPerTurn)
    await nextTurn()
    expect(waiting.map((socket) => socket.isPaused())).toEqual([...Array.from({ length: connectionsPerTurn }, () => false), true])
    for (const request of requests.slice(0, requestsPerTurn)) request()
    expect(waiting.map((socket) => socket.isPaused())).toEqual([...Array.from({ length: connectionsPerTurn }, () => false), true])
  })

  test("one that is gone takes nobody's turn", async () => {
    const { sockets, requests } = connections(requestsPerTurn + 2 * connectionsPerTurn)
    for (const request of requests.slice(0, requestsPerTurn)) request()
    for (const socket of sockets.slice(requestsPerTurn, requestsPerTurn + connectionsPerTurn)) socket.emit('close')
    await nextTurn()
    expect(sockets.slice(-connectionsPerTurn).some((socket) => socket.isPaused())).toBe(false)
  })
})
