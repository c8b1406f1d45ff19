import { type Socket, connect } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type GatewayRig, keyHeaders, openGateway } from '../../../test-support/gateway-rig.fixture.ts'
import { testConnector } from '../../../test-support/test-connector.fixture.ts'
import { testKey, testKeyStore, keyEntry } from '../../../test-support/test-keys.fixture.ts'
import type { GatewayOptions } from '../../gateway-options.ts'

const stranger = '127.0.0.2'
const customer = '127.0.0.3'

async function open(options: Partial<GatewayOptions> = {}): Promise<GatewayRig> {
  const connectors = [testConnector({ name: 'alpha', url: 'ws://127.0.0.1:9/ws', restUrl: 'http://127.0.0.1:9' })]
  const rig = await openGateway({ connectors, rest: false, maxConnections: 40, ...options })
  onTestFinished(rig.stop)
  return rig
}

interface Caller {
  readonly socket: Socket
  readonly text: () => string
  readonly isOpen: () => boolean
}

async function call({ url }: GatewayRig, localAddress: string, bytes = ''): Promise<Caller> {
  const { hostname, port } = new URL(url)
  let text = ''
  let isOpen = true
  const socket = connect({ port: Number(port), host: hostname, localAddress })
  onTestFinished(() => void socket.destroy())
  socket.setEncoding('latin1').on('data', (part: string) => (text += part))
  socket.on('error', () => undefined).on('close', () => (isOpen = false))
  await new Promise((resolve) => socket.once('connect', resolve))
  socket.write(bytes)
  return { socket, text: () => text, isOpen: () => isOpen }
}

const request = (path: string, headers = ''): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`
const withKey = (key = testKey): string => `Authorization: Bearer ${key}\r\n`

async function statusOf(caller: Caller): Promise<string> {
  await vi.waitFor(() => expect(caller.text()).toMatch(/\r\n\r\n/), 5000)
  return caller.text().slice(9, 12)
}

test('however many strangers wait, holders of a key get in and are answered, from the same address too', async () => {
  const rig = await open()
  for (let i = 0; i < 100; i++) await call(rig, stranger)
  for (const address of [customer, stranger]) {
    for (let i = 0; i < 5; i++) expect(await statusOf(await call(rig, address, request('/price?asset=nope', withKey())))).toBe('404')
  }
})

test('a stranger who comes beyond the share is told that the server is full', async () => {
  const rig = await open()
  const waiting: Caller[] = []
  for (let i = 0; i < 32; i++) waiting.push(await call(rig, stranger))
  const late = await call(rig, customer, request('/live'))
  expect(await statusOf(late)).toBe('503')
  expect(late.text()).toMatch(/TRN_OVERLOADED/)
  expect(late.text()).toMatch(/Connection: close/i)
  expect(late.text()).toMatch(/retry-after: 1/i)
  await vi.waitFor(() => expect(late.isOpen()).toBe(false))
  for (const { socket } of waiting) socket.destroy()
  await vi.waitFor(async () => expect((await rig.get('/live', {})).status).toBe(200))
})

const customerKey = (i: number): string => `trn_customer_${i}_000000000000000000000`
const customerKeys = (count: number) => testKeyStore(...Array.from({ length: count }, (_, i) => keyEntry(customerKey(i))))

test('customers alone can fill all there are, and the next is refused at once', async () => {
  const rig = await open({ keys: customerKeys(40) })
  const customers: Caller[] = []
  for (let i = 0; i < 40; i++) {
    const caller = await call(rig, customer, request('/price?asset=nope', withKey(customerKey(i))))
    expect(await statusOf(caller)).toBe('404')
    customers.push(caller)
  }
  const late = await call(rig, customer, request('/price?asset=nope', withKey()))
  expect(await statusOf(late)).toBe('503')
  expect(late.text().match(/HTTP\/1\.1/g)).toHaveLength(1)
  await vi.waitFor(() => expect(late.isOpen()).toBe(false))
  expect(customers.every(({ isOpen }) => isOpen())).toBe(true)
})

test('one key on all connections leaves room for others', async () => {
  const rig = await open({ keys: customerKeys(2) })
  for (let i = 0; i < 60; i++) await call(rig, stranger, request('/price?asset=nope', withKey(customerKey(0))))
  for (let i = 0; i < 4; i++) expect(await statusOf(await call(rig, stranger, request('/price?asset=nope', withKey(customerKey(1)))))).toBe('404')
})

test('upgrades without a key hold nothing that customers need', async () => {
  const rig = await open({ keys: customerKeys(1) })
  const upgrade =
    'GET /stream?assets=btc HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
  for (let i = 0; i < 60; i++) await call(rig, stranger, i < 35 ? '' : upgrade)
  for (let i = 0; i < 4; i++) expect(await statusOf(await call(rig, stranger, request('/price?asset=nope', withKey(customerKey(0)))))).toBe('404')
})

test('who tries many wrong keys has to wait, and nobody else: keys that begin in another way are still looked at', async () => {
  const rig = await open()
  const tryKey = async (key: string): Promise<number> => (await rig.get('/price?asset=btc', { authorization: `Bearer ${key}` })).status
  const statuses: number[] = []
  for (let i = 0; i < 25; i++) statuses.push(await tryKey(`trn_guess_${i}`))
  expect(statuses.slice(0, 20)).toEqual(Array(20).fill(401))
  expect(statuses.at(-1)).toBe(429)
  const refused = await rig.get('/price?asset=btc', { authorization: 'Bearer trn_guess_99' })
  expect(refused.body.error).toMatchObject({ code: 'TRN_RATE_LIMITED' })
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(await tryKey('trn_other_1')).toBe(401)
  expect((await rig.get('/price?asset=nope', keyHeaders)).status).toBe(404)
})

test('behind a trusted proxy each client has its own tries', async () => {
  const rig = await open({ trustProxy: ['127.0.0.1'] })
  const tryFrom = async (client: string): Promise<number> =>
    (await rig.get('/price?asset=btc', { authorization: 'Bearer trn_guess_1', 'x-forwarded-for': client })).status
  for (let i = 0; i < 20; i++) expect(await tryFrom('192.0.2.1')).toBe(401)
  expect(await tryFrom('192.0.2.1')).toBe(429)
  expect(await tryFrom('192.0.2.2')).toBe(401)
  expect(rig.log.join()).not.toMatch(/TRUST_PROXY/)
})

test.each([
  ['sends X-Forwarded-For', 'X-Forwarded-For: 192.0.2.1\r\n', 1],
  ['brought more than 20 keys in a minute', '', 21],
])('an address that %s counts as a proxy, which the log says once', async (sign, header, keys) => {
  const rig = await open({ keys: customerKeys(keys) })
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < keys; i++) await statusOf(await call(rig, stranger, request('/price?asset=nope', `${header}${withKey(customerKey(i))}`)))
  }
  expect(rig.log.filter((line) => line.includes('TRUST_PROXY'))).toEqual([expect.stringContaining(sign)])
})
