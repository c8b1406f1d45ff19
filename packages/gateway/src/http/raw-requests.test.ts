import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { type RawResponse, exchangeBytes, exchangeRaw } from '../../test-support/raw-http.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import { testKey } from '../../test-support/test-keys.fixture.ts'

let market: FakeMarket
beforeAll(async () => {
  market = await openFakeMarket({ connectors: [testConnector({ name: 'alpha' })], assets: { alpha: ['BTC'] } })
  market.trade('alpha', 'BTC-USD', '5')
})
afterAll(() => market.stop())

/** The short way answers the first, the framework the others. */
const paths = ['/price?asset=btc', '/price?asset=btc&quote=usd', '/live', '/nosuch']
const key = `Authorization: Bearer ${testKey}\r\n`
const host = `Host: a\r\n${key}`

/** Requests that are refused whatever their path, as functions of it, and the status of the one response. */
const refused: Readonly<Record<string, readonly [(path: string) => string, number]>> = {
  noise: [() => '\u0016\u0003\u0001\u0002\u0000\u0001\u0000noise\r\n\r\n', 400],
  'no Host': [(path) => `GET ${path} HTTP/1.1\r\n${key}\r\n`, 400],
  'two Hosts': [(path) => `GET ${path} HTTP/1.1\r\n${host}Host: b\r\n\r\n`, 400],
  'the same Host twice': [(path) => `GET ${path} HTTP/1.1\r\n${host}hOST: a\r\n\r\n`, 400],
  'two Hosts in HTTP/1.0': [(path) => `GET ${path} HTTP/1.0\r\n${host}Host: b\r\n\r\n`, 400],
  'an empty Host': [(path) => `GET ${path} HTTP/1.1\r\nHost:\r\n${key}\r\n`, 400],
  'a Host with a path': [(path) => `GET ${path} HTTP/1.1\r\nHost: a/b\r\n${key}\r\n`, 400],
  'a Host with a user': [(path) => `GET ${path} HTTP/1.1\r\nHost: u@a\r\n${key}\r\n`, 400],
  'a Host with a space': [(path) => `GET ${path} HTTP/1.1\r\nHost: a b\r\n${key}\r\n`, 400],
  'two names in a Host': [(path) => `GET ${path} HTTP/1.1\r\nHost: a, b\r\n${key}\r\n`, 400],
  'a Host with a port of letters': [(path) => `GET ${path} HTTP/1.1\r\nHost: a:http\r\n${key}\r\n`, 400],
  'a Host with an open bracket': [(path) => `GET ${path} HTTP/1.1\r\nHost: [::1\r\n${key}\r\n`, 400],
  'a Host outside ASCII': [(path) => `GET ${path} HTTP/1.1\r\nHost: \u00e4\r\n${key}\r\n`, 400],
  'HTTP/0.9 without a version': [(path) => `GET ${path}\r\n\r\n`, 400],
  'HTTP/0.9 with a version': [(path) => `GET ${path} HTTP/0.9\r\n${host}\r\n`, 400],
  'HTTP/1.2': [(path) => `GET ${path} HTTP/1.2\r\n${host}\r\n`, 400],
  'HTTP/2.0': [(path) => `GET ${path} HTTP/2.0\r\n${host}\r\n`, 400],
  'the preface of HTTP/2': [() => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  'another protocol': [(path) => `GET ${path} ICE/1.0\r\n${host}\r\n`, 400],
  'a method of another protocol': [(path) => `DESCRIBE ${path} RTSP/1.0\r\n${host}\r\n`, 400],
  'a method that nobody knows': [(path) => `BREW ${path} HTTP/1.1\r\n${host}\r\n`, 400],
  'a method in small letters': [(path) => `get ${path} HTTP/1.1\r\n${host}\r\n`, 400],
  CONNECT: [() => `CONNECT a:443 HTTP/1.1\r\n${host}\r\n`, 400],
  'GET *': [() => `GET * HTTP/1.1\r\n${host}\r\n`, 400],
  'a path without a slash': [(path) => `GET ${path.slice(1)} HTTP/1.1\r\n${host}\r\n`, 400],
  'a NUL in the path': [(path) => `GET ${path}\0 HTTP/1.1\r\n${host}\r\n`, 400],
  'a path outside ASCII': [(path) => `GET ${path}\u00e4 HTTP/1.1\r\n${host}\r\n`, 400],
  'lines that end in LF': [(path) => `GET ${path} HTTP/1.1\nHost: a\n\n`, 400],
  'a header that ends in LF': [(path) => `GET ${path} HTTP/1.1\r\nHost: a\n\r\n`, 400],
  'a header that goes on in the next line': [(path) => `GET ${path} HTTP/1.1\r\n${host}X: a\r\n b\r\n\r\n`, 400],
  'a header with a space before its colon': [(path) => `GET ${path} HTTP/1.1\r\nHost : a\r\n\r\n`, 400],
  'a header without a name': [(path) => `GET ${path} HTTP/1.1\r\n${host}: b\r\n\r\n`, 400],
  'a header with a NUL': [(path) => `GET ${path} HTTP/1.1\r\n${host}X: \0\r\n\r\n`, 400],
  'a header with a bare CR': [(path) => `GET ${path} HTTP/1.1\r\n${host}X: a\rb\r\n\r\n`, 400],
  'two Authorizations': [(path) => `GET ${path} HTTP/1.1\r\n${host}authorization: Bearer x\r\n\r\n`, 400],
  'more than 64 headers': [(path) => `GET ${path} HTTP/1.1\r\n${host}${'a:b\r\n'.repeat(63)}\r\n`, 431],
  'an expectation': [(path) => `GET ${path} HTTP/1.1\r\n${host}Expect: 200-ok\r\n\r\n`, 417],
  'an expectation beside the known one': [(path) => `GET ${path} HTTP/1.1\r\n${host}Expect: x, 100-continue\r\n\r\n`, 417],
  'two expectations': [(path) => `GET ${path} HTTP/1.1\r\n${host}Expect: 100-continue\r\nExpect: x\r\n\r\n`, 417],
  'no Host with an expectation': [(path) => `GET ${path} HTTP/1.1\r\n${key}Expect: 100-continue\r\n\r\n`, 400],
  'length and chunks': [(path) => `GET ${path} HTTP/1.1\r\n${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  'chunks and length': [(path) => `GET ${path} HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`, 400],
  'two lengths': [(path) => `GET ${path} HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, 400],
  'the same length twice': [(path) => `GET ${path} HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 1\r\n\r\na`, 400],
  'a list of lengths': [(path) => `GET ${path} HTTP/1.1\r\n${host}Content-Length: 1, 1\r\n\r\na`, 400],
  'a length below zero': [(path) => `GET ${path} HTTP/1.1\r\n${host}Content-Length: -1\r\n\r\n`, 400],
  'a length with a sign': [(path) => `GET ${path} HTTP/1.1\r\n${host}Content-Length: +1\r\n\r\na`, 400],
  'a length that no number holds': [(path) => `GET ${path} HTTP/1.1\r\n${host}Content-Length: 99999999999999999999999\r\n\r\n`, 400],
  'an empty length': [(path) => `GET ${path} HTTP/1.1\r\n${host}Content-Length:\r\n\r\n`, 400],
  'an unknown coding': [(path) => `GET ${path} HTTP/1.1\r\n${host}Transfer-Encoding: gzip\r\n\r\n`, 400],
  'a coding like chunked': [(path) => `GET ${path} HTTP/1.1\r\n${host}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, 400],
  'a coding before chunked': [(path) => `GET ${path} HTTP/1.1\r\n${host}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 400],
  'codings in two headers': [
    (path) => `GET ${path} HTTP/1.1\r\n${host}Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  'chunked twice': [(path) => `GET ${path} HTTP/1.1\r\n${host}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`, 400],
  'chunks in HTTP/1.0': [(path) => `GET ${path} HTTP/1.0\r\n${host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  'a path that is too long': [(path) => `GET ${path}${'x'.repeat(9000)} HTTP/1.1\r\n${host}\r\n`, 431],
  'a header that is too long': [(path) => `GET ${path} HTTP/1.1\r\n${host}X: ${'x'.repeat(9000)}\r\n\r\n`, 431],
  'headers that are too many': [(path) => `GET ${path} HTTP/1.1\r\n${host}${'A: b\r\n'.repeat(2000)}\r\n`, 431],
  'a request that follows a refused one': [(path) => `GET ${path} HTTP/1.1\r\n\r\nGET ${path} HTTP/1.1\r\n${host}\r\n`, 400],
}

describe.each(paths)('bytes that are refused with one response, and closed: %s,', (path) => {
  test.each(Object.entries(refused))('%s', async (_, [bytesFor, status]) => {
    const { responses, isClosed } = await exchangeRaw(market.url, [bytesFor(path)])
    expect(responses.map((response) => response.status)).toEqual([status])
    expectError(responses[0], status)
    expect(responses[0]?.headers.get('connection')).toBe('close')
    expect(isClosed).toBe(true)
  })
})

const codes: Readonly<Record<number, string>> = {
  400: 'TRN_BAD_REQUEST',
  405: 'TRN_METHOD_NOT_ALLOWED',
  408: 'TRN_REQUEST_TIMEOUT',
  413: 'TRN_BODY_TOO_LARGE',
  417: 'TRN_EXPECTATION_FAILED',
  431: 'TRN_HEADERS_TOO_LARGE',
}

function expectError(response: RawResponse | undefined, status: number): void {
  expect(response?.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(Object.keys(response?.body ?? {})).toEqual(['status_code', 'endpoint', 'error', 'request_id'])
  expect(response?.body).toMatchObject({ status_code: status, error: { code: codes[status] } })
  expect(response?.headers.get('x-request-id')).toBe(response?.body?.request_id)
}

describe('what is strange but clear is answered:', () => {
  const post = `POST /prices HTTP/1.1\r\n${host}Content-Type: application/json\r\n`
  test.each([
    ['an address as Host', `GET /price?asset=btc HTTP/1.1\r\nHost: [::1]:8080\r\n${key}\r\n`, [200]],
    ['a Host with escapes', `GET /price?asset=btc HTTP/1.1\r\nHost: a%20b\r\n${key}\r\n`, [200]],
    ['HTTP/1.0 without Host', `GET /price?asset=btc HTTP/1.0\r\n${key}\r\n`, [200]],
    ['HTTP/1.0 with an expectation', `GET /price?asset=btc HTTP/1.0\r\n${key}Expect: x\r\n\r\n`, [200]],
    ['a whole address in place of a path', `GET http://a/price?asset=btc HTTP/1.1\r\n${host}\r\n`, [200]],
    ['empty lines before a request', `\r\n\r\nGET /price?asset=btc HTTP/1.1\r\n${host}\r\n`, [200]],
    ['a body that goes with GET', `GET /price?asset=btc HTTP/1.1\r\n${host}Content-Length: 2\r\n\r\nhiGET /live HTTP/1.1\r\n${host}\r\n`, [200, 200]],
    ['100-continue', `${post}Expect: 100-continue\r\nContent-Length: 18\r\n\r\n{"assets":["btc"]}`, [100, 200]],
    ['chunks', `${post}Transfer-Encoding: chunked\r\n\r\n12;a=b\r\n{"assets":["btc"]}\r\n0\r\n\r\n`, [200]],
    ['an upgrade to another protocol', `GET /price?asset=btc HTTP/1.1\r\n${host}Connection: upgrade\r\nUpgrade: h2c\r\n\r\n`, [200]],
    ['an upgrade elsewhere', `GET /live HTTP/1.1\r\n${host}Connection: upgrade\r\nUpgrade: websocket\r\n\r\n`, [200]],
  ])('%s', async (_, bytes, statuses) => {
    const { responses } = await exchangeRaw(market.url, [bytes])
    expect(responses.map(({ status }) => status)).toEqual(statuses)
    for (const { status, body } of responses) if (status !== 100) expect(body).toMatchObject({ status_code: status })
  })
})

describe('a request whose body is no HTTP has one response:', () => {
  const chunked = `POST /prices HTTP/1.1\r\n${host}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`
  test.each([
    ['a chunk of no length', [`${chunked}ZZ\r\n`], [400]],
    ['a chunk of no length in a later piece', [chunked, 'ZZ\r\n', 'ZZ\r\n'], [400]],
    ['a chunk that ends in LF', [`${chunked}1\n{\n0\n\n`], [400]],
    ['a chunk that is longer than it says', [`${chunked}1\r\n{}\r\n0\r\n\r\n`], [400]],
    ['extensions without end', [`${chunked}1;a=${'x'.repeat(20_000)}\r\n{\r\n0\r\n\r\n`], [413]],
    // Answered as soon as its head is there: what follows can't be its response any more.
    ['after a response to its head', [`GET /price?asset=btc HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n`, 'ZZ\r\n'], [200]],
  ])('%s', async (_, pieces, statuses) => {
    const { responses, isClosed } = await exchangeRaw(market.url, pieces)
    expect([responses.map(({ status }) => status), isClosed]).toEqual([statuses, true])
    for (const response of responses) if (response.status !== 200) expectError(response, response.status)
  })
})

describe('noise after requests adds no response to theirs:', () => {
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\n${host}\r\n`
  test.each([
    ['one', [`${get('/price?asset=btc')}noise\r\n\r\n`], [200]],
    ['one of a route', [`${get('/live')}noise\r\n\r\n`], [200]],
    ['some', [`${get('/price?asset=btc')}${get('/exchanges')}${get('/live')}noise\r\n\r\n`, 'more\r\n\r\n'], [200, 200, 200]],
    ['one that says close', [`GET /live HTTP/1.1\r\n${host}Connection: close\r\n\r\nnoise`], [200]],
    ['CONNECT', [`${get('/price?asset=btc')}CONNECT a:443 HTTP/1.1\r\n${host}\r\n`], [200]],
  ])('%s', async (_, pieces, statuses) => {
    const { responses, isClosed } = await exchangeRaw(market.url, pieces)
    expect([responses.map(({ status }) => status), isClosed]).toEqual([statuses, true])
  })

  test('but where all is answered it has its own, counted once', async () => {
    const counted = (): number => market.gateway.readTotals().counters.get('http_malformed') ?? 0
    const before = counted()
    const { responses, isClosed } = await exchangeRaw(market.url, [get('/price?asset=btc'), 'noise\r\n\r\n', 'noise\r\n\r\n'])
    expect([responses.map(({ status }) => status), isClosed]).toEqual([[200, 400], true])
    expectError(responses[1], 400)
    expect(counted() - before).toBe(1)
  })
})

describe('an upgrade to WebSocket', () => {
  const upgrade = 'Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'
  const ask = (more: string): string => `GET /stream?assets=btc HTTP/1.1\r\n${key}${upgrade}${more}\r\n`

  test('is made', async () => {
    const { received } = await exchangeBytes(market.url, [ask('Host: a\r\n')])
    expect(received).toMatch(/^HTTP\/1\.1 101 /)
  })

  test.each([
    ['no Host', ask('')],
    ['two Hosts', ask('Host: a\r\nHost: a\r\n')],
    ['a wrong key', ask('Host: a\r\n').replace('AAAA==', '')],
  ])('is refused once with %s', async (_, bytes) => {
    const { responses, isClosed } = await exchangeRaw(market.url, [bytes])
    expect([responses.map(({ status }) => status), isClosed]).toEqual([[400], true])
    expectError(responses[0], 400)
  })

  test('does not overtake a response: the request is taken without it', async () => {
    const { received } = await exchangeBytes(market.url, [`GET /price?asset=btc HTTP/1.1\r\n${host}\r\n${ask('Host: a\r\n')}`])
    expect(received.match(/HTTP\/1\.1 \d+|text\/event-stream|application\/json/g)).toEqual([
      'HTTP/1.1 200',
      'application/json',
      'HTTP/1.1 200',
      'text/event-stream',
    ])
  })
})

describe('methods', () => {
  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'M-SEARCH', 'PURGE', 'LINK', 'QUERY'])(
    '%s is refused with those that are possible',
    async (method) => {
      for (const path of [...paths.slice(0, 3), '/', '/docs', '/docs/static/theme.css', '/status/assets/preact.js']) {
        const { responses } = await exchangeRaw(market.url, [`${method} ${path} HTTP/1.1\r\n${host}\r\n`], 50)
        expect(responses.map(({ status, headers }) => [status, headers.get('allow')])).toEqual([[405, 'GET, HEAD']])
        expectError(responses[0], 405)
      }
    },
  )

  test('a body that a route does not read is not judged', async () => {
    const asked = `PUT /price?asset=btc HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 5\r\n\r\n{"a":`
    const { responses } = await exchangeRaw(market.url, [asked], 50)
    expectError(responses[0], 405)
  })

  test.each(['PROPFIND', 'QUERY', 'DELETE'])('%s finds nothing where nothing is', async (method) => {
    const { responses } = await exchangeRaw(market.url, [`${method} /nosuch HTTP/1.1\r\n${host}\r\n`], 50)
    expect(responses.map(({ body }) => body)).toMatchObject([{ status_code: 404, error: { code: 'TRN_NOT_FOUND' } }])
  })
})

describe('a stream that is under way', () => {
  test.each([
    ['noise', 'noise\r\n\r\n'],
    ['a header that is too long', `GET / HTTP/1.1\r\nX: ${'x'.repeat(9000)}\r\n\r\n`],
    ['a request without Host', 'GET /live HTTP/1.1\r\n\r\nnoise'],
    ['CONNECT', `CONNECT a:443 HTTP/1.1\r\n${host}\r\n`],
  ])('ends at %s, and not a byte comes in between', async (_, bytes) => {
    for (const path of ['/stream?assets=btc', '/status/stream']) {
      const asked = `GET ${path} HTTP/1.1\r\n${host}\r\n`
      expect(await readStream(market.url, asked, bytes)).toMatchObject({ isClosed: true, strange: '' })
    }
  })

  test('goes on while a request behind it waits', async () => {
    const outcome = await readStream(market.url, `GET /stream?assets=btc HTTP/1.1\r\n${host}\r\n`, `GET /live HTTP/1.1\r\n${host}\r\n`)
    expect(outcome).toMatchObject({ isClosed: false, strange: '' })
  })
})

/** What of a stream's bytes is neither its head nor an event. */
async function readStream(url: string, request: string, bytes: string): Promise<{ readonly isClosed: boolean; readonly strange: string }> {
  const { received, isClosed } = await exchangeBytes(url, [request, bytes])
  const [head = '', ...events] = received.split('\r\n\r\n')
  expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  return { isClosed, strange: events.join('\r\n\r\n').replace(/event: \w+\n(?:id: .*\n)?data: .*\n\n/g, '') }
}

test('a body that is no UTF-8 is refused', async () => {
  const body = Buffer.concat([Buffer.from('{"assets":["b'), Buffer.of(0xff, 0xc0), Buffer.from('"]}')])
  const head = `POST /prices HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`
  const { responses } = await exchangeRaw(market.url, [Buffer.concat([Buffer.from(head), body])])
  expect(responses.map(({ status }) => status)).toEqual([400])
  expect(responses[0]?.body).toMatchObject({ error: { message: expect.stringMatching(/^body: .*UTF-8/) as string } })
})

test.each(paths)('of two request ids none is taken: %s', async (path) => {
  const ids = 'X-Request-Id: mine-1\r\nx-request-id: mine-1\r\n'
  const { responses } = await exchangeRaw(market.url, [`GET ${path} HTTP/1.1\r\n${host}${ids}\r\n`])
  expect(responses.map(({ headers }) => headers.get('x-request-id'))).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)])
})

test('a refused request keeps its id', async () => {
  const { responses } = await exchangeRaw(market.url, ['GET /live HTTP/1.1\r\nX-Request-Id: mine-2\r\n\r\n'])
  expect(responses[0]?.body).toMatchObject({ request_id: 'mine-2', endpoint: '/live' })
})

test('a request that does not arrive in time is told so; a connection that has sent nothing just ends', { timeout: 15_000 }, async () => {
  const [slow, idle] = await Promise.all([exchangeRaw(market.url, ['GET /live HTTP/1.1\r\nHost: a\r\n'], 8000), exchangeRaw(market.url, [], 8000)])
  expect([slow.responses.map(({ status }) => status), slow.isClosed]).toEqual([[408], true])
  expectError(slow.responses[0], 408)
  expect(idle).toEqual({ responses: [], isClosed: true })
})
