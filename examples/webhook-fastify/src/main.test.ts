import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { sign } from '@trinity/webhook-client'
import { afterAll, beforeAll, expect, test } from 'vitest'

const secret = `whsec_${btoa('a secret that tests may know of.')}`
const price = { asset: 'BTC', price_text: '83421.570', currency: 'USD', source: 'coinbase-ws', timestamp: null, cache_age_seconds: 0.1, stale: false }
let server: ChildProcess
let lines: AsyncIterator<string>
let url: string

beforeAll(async () => {
  const env = { ...process.env, PORT: '0', WEBHOOK_SECRET: secret }
  server = spawn(process.execPath, ['--conditions=@trinity/source', join(import.meta.dirname, 'main.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  lines = createInterface({ input: server.stdout! })[Symbol.asyncIterator]()
  url = (await lines.next()).value as string
})
afterAll(async () => {
  if (server.kill()) await once(server, 'exit')
})

/** A price update of now, printed with blanks, so that parsing it and printing it again would change its bytes. */
function priceUpdate(): string {
  const timestamp = new Date().toISOString()
  const expires_at = new Date(Date.now() + 60_000).toISOString()
  return JSON.stringify(
    { type: 'price.update', sequence: 1, timestamp, expires_at, data: { prices: [{ ...price, confirmed_at: timestamp }] } },
    null,
    1,
  )
}

function post(headers: Record<string, string>, body: string): Promise<Response> {
  return fetch(`${url}/webhook`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })
}

test('a signed delivery is handled once, and its repetition answered 2xx', async () => {
  const body = priceUpdate()
  const headers = await sign(secret, body)
  expect((await post(headers, body)).status).toBe(204)
  expect((await lines.next()).value).toBe('BTC 83421.570 USD')
  const again = await post(headers, body)
  expect([again.status, await again.json()]).toEqual([200, { code: 'DUPLICATE' }])
})

test('a verification is answered with its token', async () => {
  const body = '{"type":"endpoint.verify","data":{"token":"tok_1"}}'
  const answer = await post(await sign(secret, body), body)
  expect([answer.status, await answer.json()]).toEqual([200, { token: 'tok_1' }])
})

test('what is forged, changed on the way or not signed is answered 4xx', async () => {
  const body = priceUpdate()
  const forged = await sign(`whsec_${btoa('some other secret, just as long.')}`, body)
  const changed = body.replace('83421.570', '83421.571')
  expect((await post(forged, body)).status).toBe(400)
  expect((await post(await sign(secret, body), changed)).status).toBe(400)
  expect((await post({}, body)).status).toBe(400)
  expect((await fetch(`${url}/webhook`, { method: 'POST' })).status).toBe(400)
})
