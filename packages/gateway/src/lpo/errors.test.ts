import { errorTable, plans, ratePlan } from '@trinity/core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { type Answer, ask, keyHeaders, openGateway } from '../../test-support/gateway-rig.fixture.ts'
import { keyEntry, testKeyStore } from '../../test-support/test-keys.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'

const alpha = testConnector({ name: 'alpha' })
const beta = testConnector({ name: 'beta', quotes: ['USDT'] })
const json = { ...keyHeaders, 'content-type': 'application/json' }

let market: FakeMarket
beforeAll(async () => {
  // BTC has a price, OLD one that is too old to be served, NEW none yet; FREE is traded at beta, where no more is taken in.
  market = await openFakeMarket(
    {
      connectors: [alpha, beta],
      assets: { alpha: ['BTC', 'OLD', 'NEW'], beta: ['ETH'] },
      parameters: { onDemandAssets: 0 },
      keys: testKeyStore(
        keyEntry('quick', { plan: ratePlan(1, 1) }),
        keyEntry('spent', { plan: { ...plans.free, monthlyQueries: 0 } }),
        keyEntry('gone', { revoked: true }),
      ),
    },
    {
      'http://alpha.test/list': { rows: ['BTC-USD', 'OLD-USD', 'NEW-USD'].map((s) => ({ s, on: true })) },
      'http://beta.test/list': {
        rows: [
          { s: 'ETH-USDT', on: true },
          { s: 'FREE-USDT', on: true },
        ],
      },
    },
  )
  market.trade('alpha', 'OLD-USD', '1', { at: market.clock.now() - 301_000 })
  market.trade('alpha', 'BTC-USD', '5')
})
afterAll(() => market.stop())

interface ErrorCase {
  readonly name: string
  readonly path: string
  readonly init?: RequestInit
  readonly status: number
  readonly code: string
  /** What the message must name. */
  readonly words: RegExp
}

const get = (name: string, path: string, status: number, code: string, words: RegExp): ErrorCase => ({ name, path, status, code, words })
const post = (
  name: string,
  body: string | Uint8Array<ArrayBuffer>,
  status: number,
  code: string,
  words: RegExp,
  headers: Record<string, string> = json,
): ErrorCase => ({
  name,
  path: '/prices',
  init: { method: 'POST', headers, body },
  status,
  code,
  words,
})
const keyed = (name: string, authorization: string | undefined, code: string, status = 401): ErrorCase => ({
  name,
  path: '/price?asset=btc',
  init: { headers: authorization === undefined ? {} : { authorization } },
  status,
  code,
  words: /key|plan/i,
})
const refusedMethod = (method: string, path: string, body?: string): ErrorCase => ({
  name: `${method} ${path}${body === undefined ? '' : ' with a form'}`,
  path,
  init: {
    method,
    headers: { ...keyHeaders, ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }) },
    ...(body === undefined ? {} : { body }),
  },
  status: 405,
  code: 'TRN_METHOD_NOT_ALLOWED',
  words: new RegExp(method),
})
const tickers = (count: number): string => JSON.stringify({ assets: Array.from({ length: count }, (_, i) => `A${i}`) })

const cases: readonly ErrorCase[] = [
  get('an unknown asset', '/price?asset=nosuch', 404, 'TRN_ASSET_UNKNOWN', /NOSUCH/),
  get('an asset that the venue asked for lacks', '/price?asset=btc&source=beta', 404, 'TRN_ASSET_UNKNOWN', /beta.*BTC/),
  get('a quote that nobody has', '/price?asset=btc&quote=EUR', 404, 'TRN_QUOTE_UNAVAILABLE', /EUR/),
  get('no asset', '/price', 400, 'TRN_BAD_REQUEST', /^asset: /),
  get('an empty asset', '/price?asset=', 400, 'TRN_BAD_REQUEST', /^asset: /),
  get('two assets', '/price?asset=btc&asset=eth', 400, 'TRN_BAD_REQUEST', /^asset: /),
  get('an asset of strange characters', '/price?asset=b%22tc%3Cscript%3E', 400, 'TRN_BAD_REQUEST', /^asset: /),
  get('an asset that is too long', `/price?asset=${'a'.repeat(16)}`, 400, 'TRN_BAD_REQUEST', /^asset: /),
  get('a name of every object as asset', '/price?asset=constructor', 404, 'TRN_ASSET_UNKNOWN', /CONSTRUCTOR/),
  get('a malformed quote', '/price?asset=btc&quote=U', 400, 'TRN_BAD_REQUEST', /^quote: /),
  get('an unknown source', '/price?asset=btc&source=nosuch', 400, 'TRN_BAD_REQUEST', /^source: .*nosuch/),
  get('a max_age that is too high', '/price?asset=btc&max_age=301', 400, 'TRN_BAD_REQUEST', /^max_age: .*0 to 300/),
  get('a max_age that is no number', '/price?asset=btc&max_age=soon', 400, 'TRN_BAD_REQUEST', /^max_age: .*0 to 300/),
  get('a broken escape in the path', '/%zz', 400, 'TRN_BAD_REQUEST', /path|address|url/i),
  get('an unknown path', '/nosuch', 404, 'TRN_NOT_FOUND', /\/nosuch/),
  get('a path of dots', '/..%2f..%2fetc/passwd', 404, 'TRN_NOT_FOUND', /\S/),
  get('a very long path', `/${'x'.repeat(4000)}`, 404, 'TRN_NOT_FOUND', /\S/),
  get('no price yet', '/price?asset=new', 503, 'TRN_PRICE_UNAVAILABLE', /NEW/),
  get('a price that is too old', '/price?asset=old', 503, 'TRN_PRICE_STALE', /OLD/),
  get('too many assets taken in', '/price?asset=free', 503, 'TRN_OVERLOADED', /\S/),
  keyed('no key', undefined, 'TRN_KEY_MISSING'),
  keyed('an unknown key', 'Bearer nosuch', 'TRN_KEY_INVALID'),
  keyed('a key in another scheme', 'Basic ZGVtbzpkZW1v', 'TRN_KEY_INVALID'),
  keyed('a scheme without key', 'Bearer ', 'TRN_KEY_INVALID'),
  keyed('a revoked key', 'Bearer gone', 'TRN_KEY_REVOKED', 403),
  keyed('more than the plan allows', 'Bearer quick', 'TRN_RATE_LIMITED', 429),
  keyed('more than the month allows', 'Bearer spent', 'TRN_QUOTA_EXCEEDED', 429),
  { ...post('no key for many prices', '{"assets":["btc"]}', 401, 'TRN_KEY_MISSING', /key/i, { 'content-type': 'application/json' }) },
  post('malformed JSON', '{"assets":["btc"', 400, 'TRN_BAD_REQUEST', /body/),
  post('an empty body', '', 400, 'TRN_BAD_REQUEST', /body/),
  post('a body that is null', 'null', 400, 'TRN_BAD_REQUEST', /body/),
  post('a body that is a list', '["btc"]', 400, 'TRN_BAD_REQUEST', /body/),
  post('a body without assets', '{}', 400, 'TRN_BAD_REQUEST', /^assets: /),
  post('assets that are no list', '{"assets":"btc"}', 400, 'TRN_BAD_REQUEST', /^assets: /),
  post('an asset that is no text', '{"assets":["btc",{"a":1}]}', 400, 'TRN_BAD_REQUEST', /^assets\[1\]: /),
  post('no assets', '{"assets":[]}', 400, 'TRN_BAD_REQUEST', /^assets: .*30/),
  post('31 assets', tickers(31), 400, 'TRN_BAD_REQUEST', /^assets: .*30/),
  post('a prototype in the body', '{"__proto__":{"assets":["btc"]}}', 400, 'TRN_BAD_REQUEST', /\S/),
  post('a form', 'assets=btc', 415, 'TRN_MEDIA_TYPE', /application\/json/, { ...keyHeaders, 'content-type': 'application/x-www-form-urlencoded' }),
  post('plain text', '{"assets":["btc"]}', 415, 'TRN_MEDIA_TYPE', /application\/json/, { ...keyHeaders, 'content-type': 'text/plain' }),
  post('a body without a type', new Uint8Array([123, 125]), 415, 'TRN_MEDIA_TYPE', /application\/json/, keyHeaders),
  post('an oversized body', JSON.stringify({ assets: ['A'.repeat(20_000)] }), 413, 'TRN_BODY_TOO_LARGE', /\S/),
  refusedMethod('POST', '/price'),
  refusedMethod('POST', '/price', 'asset=btc'),
  refusedMethod('DELETE', '/price'),
  refusedMethod('PUT', '/prices', 'asset=btc'),
  refusedMethod('GET', '/prices'),
  refusedMethod('OPTIONS', '/prices'),
  refusedMethod('PATCH', '/live'),
  refusedMethod('POST', '/exchanges'),
  refusedMethod('POST', '/openapi.json'),
]

/** What only bytes on a bare socket bring about, see http/raw-requests.test.ts, and what the admin port alone answers. */
const bareCodes = ['TRN_EXPECTATION_FAILED', 'TRN_HEADERS_TOO_LARGE', 'TRN_REQUEST_TIMEOUT', 'TRN_HOST_UNKNOWN']

describe('every error is the coded JSON of the contract:', () => {
  test.each(cases)('$name', async ({ path, init, status, code, words }) => {
    const request = (): Promise<Answer> => ask(`${market.url}${path}`, init ?? { headers: keyHeaders })
    // The one request a second that its plan allows is used up right before.
    if (code === 'TRN_RATE_LIMITED') await request()
    const answer = await request()
    expectError(answer, path.split('?', 1)[0] ?? '', status, code, words)
  })

  test('TRN_INTERNAL, which tells nothing of the cause', async () => {
    const rig = await openGateway({ connectors: [alpha] })
    onTestFinished(rig.stop)
    for (const venue of rig.gateway.venues)
      vi.spyOn(venue, 'status').mockImplementation(() => {
        throw new Error('SELECT key FROM secrets')
      })
    const answer = await rig.get('/exchanges')
    expectError(answer, '/exchanges', 500, 'TRN_INTERNAL', /\S/)
    expect(answer.text).not.toContain('SELECT')
    expect(rig.log.join('\n')).toContain('SELECT key FROM secrets')
    expect(rig.log.join('\n')).toContain(String(answer.body.request_id))
  })

  test('and the table above misses no code that a caller can meet', () => {
    const met = new Set([...cases.map(({ code }) => code), 'TRN_INTERNAL', ...bareCodes])
    const known = Object.entries(errorTable).filter(([, { status }]) => status > 0)
    expect([...met].sort()).toEqual(known.map(([code]) => code).sort())
  })
})

function expectError(answer: Answer, endpoint: string, status: number, code: string, words: RegExp): void {
  expect(answer.body).toMatchObject({ status_code: status, error: { code } })
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toMatch(/^application\/json\b/)
  expect(Object.keys(answer.body)).toEqual(['status_code', 'endpoint', 'error', 'request_id'])
  expect(endpoint.startsWith(String(answer.body.endpoint))).toBe(true)
  const { message, ...rest } = answer.body.error as Record<string, unknown>
  expect(rest).toEqual(
    code === 'TRN_QUOTA_EXCEEDED' ? { code, resets_at: expect.stringMatching(/^\d{4}-\d\d-01T00:00:00\.000Z$/) as string } : { code },
  )
  expect(message).toMatch(words)
  expect(answer.text).not.toMatch(/\.[jt]s:\d|node_modules|FST_|\bat \w+ \(/)
  expect(answer.body.request_id).toMatch(/^[\w.-]{8,64}$/)
  expect(answer.headers.get('x-request-id')).toBe(answer.body.request_id)
  expect(answer.headers.has('www-authenticate')).toBe(status === 401)
  expect(answer.headers.has('allow')).toBe(status === 405)
  expect(answer.headers.has('retry-after')).toBe(status === 503 || status === 429)
}

describe('a refused method', () => {
  test.each([
    ['/price', ['GET', 'HEAD']],
    ['/prices', ['POST']],
    ['/live', ['GET', 'HEAD']],
  ])('of %s names the allowed ones', async (path, allowed) => {
    const { headers } = await ask(`${market.url}${path}`, { method: 'DELETE' })
    expect(headers.get('allow')?.split(', ')).toEqual(allowed)
  })
})

describe('the request id', () => {
  const idOf = async (given: string): Promise<unknown> =>
    (await market.get('/price?asset=nosuch', { ...keyHeaders, 'x-request-id': given })).body.request_id

  test('is the one of the caller when that is harmless', async () => {
    const answer = await market.get('/price?asset=btc', { ...keyHeaders, 'x-request-id': 'order-17.a_B' })
    expect(answer.headers.get('x-request-id')).toBe('order-17.a_B')
    expect(await idOf('order-17.a_B')).toBe('order-17.a_B')
  })

  test.each(['a b', 'a"b', '<b>', 'x'.repeat(65), 'ä', 'a,b'])('is a new one in place of %s', async (given) => {
    expect(await idOf(given)).toMatch(/^[0-9a-f-]{36}$/)
  })
})
