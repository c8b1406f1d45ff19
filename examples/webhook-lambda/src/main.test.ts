import { sign } from '@trinity/webhook-client'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'

const secret = `whsec_${btoa('a secret that tests may know of.')}`
vi.stubEnv('WEBHOOK_SECRET', secret)
const { handler } = await import('./main.ts')
const price = { asset: 'BTC', price_text: '83421.570', currency: 'USD', source: 'coinbase-ws', timestamp: null, cache_age_seconds: 0.1, stale: false }

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
})
afterAll(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

function priceUpdate(): string {
  const timestamp = new Date().toISOString()
  const expires_at = new Date(Date.now() + 60_000).toISOString()
  return JSON.stringify(
    { type: 'price.update', sequence: 1, timestamp, expires_at, data: { prices: [{ ...price, confirmed_at: timestamp }] } },
    null,
    1,
  )
}

/** The fields of an API Gateway event that a handler of webhooks looks at. */
function invoke(headers: Record<string, string>, body: string, isBase64Encoded = false): ReturnType<typeof handler> {
  const request = {
    version: '2.0',
    rawPath: '/webhook',
    headers,
    body: isBase64Encoded ? Buffer.from(body).toString('base64') : body,
    isBase64Encoded,
  }
  return handler(request as unknown as APIGatewayProxyEventV2)
}

test.each([false, true])('a signed delivery is handled once, base64: %s', async (isBase64Encoded) => {
  const body = priceUpdate()
  const headers = await sign(secret, body)
  expect(await invoke(headers, body, isBase64Encoded)).toEqual({ statusCode: 204 })
  expect(process.stdout.write).toHaveBeenCalledExactlyOnceWith('BTC 83421.570 USD\n')
  expect(await invoke(headers, body, isBase64Encoded)).toEqual({ statusCode: 200, body: '{"code":"DUPLICATE"}' })
  expect(process.stdout.write).toHaveBeenCalledOnce()
})

test('a verification is answered with its token', async () => {
  const body = '{"type":"endpoint.verify","data":{"token":"tok_1"}}'
  expect(await invoke(await sign(secret, body), body)).toEqual({ statusCode: 200, body: '{"token":"tok_1"}' })
})

test('what is forged, changed on the way or not signed is answered 4xx', async () => {
  const body = priceUpdate()
  const forged = await sign(`whsec_${btoa('some other secret, just as long.')}`, body)
  expect((await invoke(forged, body)).statusCode).toBe(400)
  expect((await invoke(await sign(secret, body), body.replace('83421.570', '83421.571'))).statusCode).toBe(400)
  expect((await invoke({}, body)).statusCode).toBe(400)
  expect(process.stdout.write).not.toHaveBeenCalled()
})
