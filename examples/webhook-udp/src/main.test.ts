import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { sign } from '@trinity/webhook-client'
import { afterAll, beforeAll, expect, test } from 'vitest'

const secret = `whsec_${btoa('a secret that tests may know of.')}`
const price = { asset: 'BTC', currency: 'USD', source: 'coinbase-ws', timestamp: null, cache_age_seconds: 0.1, stale: false }
const socket = createSocket('udp4')
let receiver: ChildProcess
let printed: AsyncIterator<string>
let complained: AsyncIterator<string>

beforeAll(async () => {
  const env = { ...process.env, PORT: '0', WEBHOOK_SECRET: secret }
  receiver = spawn(process.execPath, ['--conditions=@trinity/source', join(import.meta.dirname, 'main.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  printed = createInterface({ input: receiver.stdout! })[Symbol.asyncIterator]()
  complained = createInterface({ input: receiver.stderr! })[Symbol.asyncIterator]()
  const { hostname, port } = new URL((await printed.next()).value as string)
  socket.connect(Number(port), hostname)
  await once(socket, 'connect')
})
afterAll(async () => {
  socket.close()
  if (receiver.exitCode === null && receiver.kill('SIGKILL')) await once(receiver, 'exit')
})

function priceUpdate(sequence: number, price_text: string): string {
  const timestamp = new Date().toISOString()
  const expires_at = new Date(Date.now() + 60_000).toISOString()
  const prices = [{ ...price, price_text, confirmed_at: timestamp }]
  return JSON.stringify({ type: 'price.update', sequence, timestamp, expires_at, data: { prices } })
}

async function post(body: string, { by = secret, sentBody = body } = {}): Promise<void> {
  socket.send(`${Object.values(await sign(by, body)).join(' ')}\n${sentBody}`)
}

const nextLine = async (lines: AsyncIterator<string>): Promise<unknown> => (await lines.next()).value

test('prices are printed as they were sent, and what is missing', async () => {
  await post(priceUpdate(1, '83421.570'))
  expect(await nextLine(printed)).toBe('BTC 83421.570 USD')
  await post(priceUpdate(4, '83421.580'))
  expect(await nextLine(printed)).toBe('missing 2 to 3')
  expect(await nextLine(printed)).toBe('BTC 83421.580 USD')
})

test('what is forged or changed on the way is refused', async () => {
  const body = priceUpdate(5, '83421.570')
  await post(body, { by: `whsec_${btoa('some other secret, just as long.')}` })
  await post(body, { sentBody: body.replace('83421.570', '83421.571') })
  for (const _ of ['forged', 'changed']) expect(await nextLine(complained)).toBe('refused from 127.0.0.1: SIGNATURE_MISMATCH')
  await post(body)
  expect(await nextLine(printed)).toBe('BTC 83421.570 USD')
})

test('the token of a verification is printed', async () => {
  await post('{"type":"endpoint.verify","data":{"token":"tok_1"}}')
  expect(await nextLine(printed)).toBe('token tok_1')
})

test.skipIf(process.platform === 'win32')('it ends when it is told to', async () => {
  receiver.kill('SIGTERM')
  expect(await once(receiver, 'exit')).toEqual([0, null])
})
