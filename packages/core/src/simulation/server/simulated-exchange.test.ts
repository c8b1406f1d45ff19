import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import type { Frame } from '../../connector.ts'
import { FeedSupervisor } from '../../feed/supervisor.ts'
import { nodeTransport } from '../../node-transport.ts'
import { systemClock } from '../../clock.ts'
import type { SocketClose } from '../../transport.ts'
import { loseNames, redirectRest, simulatedConnector } from '../connector-redirect.ts'
import { faultTable } from '../fault/fault-table.ts'
import { plainExchange, plainSimulator } from '../run/plain-simulator.ts'
import { SimulatedExchange } from './simulated-exchange.ts'

const symbols = ['BTC-USD', 'ETH-USD']
const stops: (() => unknown)[] = []

afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

async function startExchange(tls = false) {
  const exchange = new SimulatedExchange({ dialect: plainSimulator, symbols, seed: 7, tradesPerSecond: 50, tls })
  stops.push(() => exchange.stop())
  return { exchange, ...(await exchange.start()) }
}

const transport = nodeTransport({ connectTimeoutMs: 300, requestTimeoutMs: 300 })

/** Connects, subscribes, and tells how the connection ends. */
function connect(url: string, more: { readonly onFrame?: (frame: Frame) => void; readonly onOpen?: () => void } = {}) {
  return new Promise<SocketClose>((resolve) => {
    const socket = transport.connect(url, {
      onOpen() {
        for (const frame of plainExchange.subscribe(symbols, { id: 1, now: Date.now() })) socket.send(frame)
        more.onOpen?.()
      },
      onFrame: (frame) => more.onFrame?.(frame),
      onClose: resolve,
    })
    stops.push(() => socket.terminate())
  })
}

function waitFor(done: () => boolean): Promise<void> {
  return expect.poll(done, { timeout: 5000, interval: 5 }).toBe(true)
}

describe('a simulated exchange on real sockets', () => {
  test('feeds a connector that is pointed at it, and answers its REST requests', async () => {
    const { exchange, wsUrl, restOrigin } = await startExchange()
    const feed = new FeedSupervisor(simulatedConnector(plainExchange, { wsUrl }), { transport, clock: systemClock })
    stops.push(() => feed.stop())
    const told = new Set<string>()
    feed.on('tick', ({ symbol }) => told.add(symbol))
    feed.setSymbols(symbols)
    await waitFor(() => told.size === symbols.length)
    const rest = redirectRest(transport, new Map([['rest.plain-exchange.test', restOrigin]]))
    const restName = (symbol: string): string => symbol
    const [request = { url: '' }] = plainExchange.rest?.request(symbols, restName) ?? []
    const { status, body } = await rest.request(request)
    expect([status, plainExchange.rest?.decode(body, symbols, restName)]).toEqual([
      200,
      { ticks: symbols.map((symbol) => expect.objectContaining({ symbol })) },
    ])
    expect((await transport.request({ url: `${restOrigin}/nothing` })).status).toBe(404)
    expect(exchange.venue.log.connects).toHaveLength(1)
  })

  test.each([
    ['upgrade-429', { code: 1006, status: 429 }],
    ['upgrade-429-retry-after', { code: 1006, status: 429, retryAfterMs: 20_000 }],
    ['upgrade-503', { code: 1006, status: 503 }],
    ['cut', { code: 1006, reason: expect.stringContaining('ECONNRESET') }],
    ['syn-blackhole', { code: 1006, reason: expect.stringContaining('timed out') }],
    ['close-1000', { code: 1000 }],
    ['close-1001', { code: 1001 }],
    ['close-1006', { code: 1006 }],
    ['close-1008', { code: 1008 }],
    ['close-1011', { code: 1011 }],
    ['close-1012', { code: 1012 }],
    ['close-1013', { code: 1013 }],
    ['reset-mid-frame', { code: 1006, reason: '' }],
    ['huge-frame', { code: 1006, reason: 'Max payload size exceeded' }],
    ['million-fragments', { code: 1006, reason: 'Too many message fragments' }],
    ['deflate-bomb', { code: 1006, reason: 'Invalid WebSocket frame: RSV1 must be clear' }],
    ['invalid-utf8', { code: 1006, reason: 'Invalid WebSocket frame: invalid UTF-8 sequence' }],
  ])('a new connection during %s ends as that', async (fault, close) => {
    const { exchange, wsUrl } = await startExchange()
    exchange.setFault(fault)
    expect(await connect(wsUrl)).toMatchObject(close)
  })

  test.each(['end-without-close', 'planned-close', 'cut'])('%s ends a connection that is open', async (fault) => {
    const { exchange, wsUrl } = await startExchange()
    const close = await connect(wsUrl, { onOpen: () => exchange.setFault(fault) })
    expect(close.code).toBe(fault === 'planned-close' ? 1001 : 1006)
  })

  test('a dripping connection gives nothing, and all of it at once when the fault is over', async () => {
    const { exchange, wsUrl } = await startExchange()
    exchange.setFault('drip')
    const frames: string[] = []
    void connect(wsUrl, { onFrame: (frame) => frames.push(String(frame)) })
    await waitFor(() => exchange.venue.connections.some(({ held }) => held.size === symbols.length))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(frames).toEqual([])
    exchange.setFault(undefined)
    await waitFor(() => frames.length > 5)
    expect(frames.map((frame) => (JSON.parse(frame) as { kind: string }).kind).slice(0, 2)).toEqual(['hello', 'ack'])
  })

  test('REST fails as a fault says', async () => {
    const { exchange, restOrigin } = await startExchange()
    const ask = () => transport.request({ url: `${restOrigin}/prices?all=1` })
    exchange.setFault('rest-429')
    expect(await ask()).toMatchObject({ status: 429, retryAfterMs: 10_000 })
    exchange.setFault('outage')
    await expect(ask()).rejects.toThrow()
    exchange.setFault('rest-unanswered')
    await expect(ask()).rejects.toThrow(/did not answer in 300 ms/)
    exchange.setFault('cut')
    expect(await ask()).toMatchObject({ status: 200 })
  })

  test('dns-failure: the resolver of this machine finds no address, for sockets and REST, until the fault is over', async () => {
    const { exchange, wsUrl, restOrigin } = await startExchange()
    const nameless = loseNames(transport, () => exchange.venue.behaviour.names === 'lost')
    const open = (): Promise<SocketClose | 'open'> =>
      new Promise((resolve) => {
        const socket = nameless.connect(wsUrl, { onOpen: () => resolve('open'), onFrame: () => undefined, onClose: resolve })
        stops.push(() => socket.terminate())
      })
    exchange.setFault('dns-failure')
    expect(await open()).toMatchObject({ code: 1006, reason: expect.stringMatching(/getaddrinfo (?:ENOTFOUND|EAI_AGAIN) venue\.invalid/) as string })
    await expect(nameless.request({ url: `${restOrigin}/prices?all=1` })).rejects.toMatchObject({ syscall: 'getaddrinfo' })
    expect(exchange.venue.log).toMatchObject({ connects: [], restRequests: [] })
    exchange.setFault(undefined)
    expect(await open()).toBe('open')
    expect(await nameless.request({ url: `${restOrigin}/prices?all=1` })).toMatchObject({ status: 200 })
  })

  test('a fault ends by itself, and nothing is left open after a stop', async () => {
    const { exchange, wsUrl, restOrigin } = await startExchange()
    exchange.setFault('upgrade-503', 50)
    expect(await connect(wsUrl)).toMatchObject({ status: 503 })
    await waitFor(() => exchange.venue.fault === undefined)
    const closed = connect(wsUrl)
    await waitFor(() => exchange.venue.connections.length === 1)
    await exchange.stop()
    expect((await closed).code).toBe(1006)
    await expect(transport.request({ url: restOrigin })).rejects.toThrow()
  })

  test('with TLS, a certificate that has expired or is for another name is refused by the client', async () => {
    const before = getCACertificates('default')
    stops.push(() => setDefaultCACertificates(before))
    const { exchange, wsUrl, certificate = '' } = await startExchange(true)
    setDefaultCACertificates([...before, certificate])
    expect(await connect(wsUrl, { onOpen: () => exchange.setFault('planned-close') })).toMatchObject({ code: 1001 })
    exchange.setFault('tls-expired')
    expect((await connect(wsUrl)).reason).toMatch(/expired/)
    exchange.setFault('tls-wrong-name')
    expect((await connect(wsUrl)).reason).toMatch(/altnames/)
    exchange.setFault(undefined)
    const opened: string[] = []
    void connect(wsUrl, { onOpen: () => opened.push('again') })
    await waitFor(() => opened.length === 1)
  })

  test('with TLS, several exchanges can be trusted at once', async () => {
    const before = getCACertificates('default')
    stops.push(() => setDefaultCACertificates(before))
    const exchanges = [await startExchange(true), await startExchange(true), await startExchange(true)]
    setDefaultCACertificates([...before, ...exchanges.map(({ certificate = '' }) => certificate)])
    for (const { exchange, wsUrl } of exchanges)
      expect(await connect(wsUrl, { onOpen: () => exchange.setFault('planned-close') })).toMatchObject({ code: 1001 })
  })

  test('a name that no fault has is refused with those that may have been meant', async () => {
    const { exchange } = await startExchange()
    expect(() => exchange.setFault('close-1002')).toThrow(/'close-1002'.*close-1012/)
    expect(new Set(faultTable.map(({ name }) => name)).size).toBe(faultTable.length)
  })
})
