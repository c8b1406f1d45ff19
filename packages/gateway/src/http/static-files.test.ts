import { readdirSync, readlinkSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyReply } from 'fastify'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { ask, keyHeaders } from '../../test-support/gateway-rig.fixture.ts'
import { openLingering } from '../../test-support/lingering-callers.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import { memoryFile, sendFile } from './static-files.ts'

let market: FakeMarket
beforeAll(async () => {
  market = await openFakeMarket({ connectors: [testConnector({ name: 'alpha' })], assets: { alpha: ['BTC'] } })
})
afterAll(() => market.stop())

/** Paths of files, their types, and words that stand in their policies. */
const files = [
  ['/', 'text/html; charset=utf-8', "default-src 'none'"],
  ['/status/assets/preact.js', 'text/javascript; charset=utf-8', "default-src 'none'"],
  ['/docs', 'text/html; charset=utf-8', "default-src 'self'"],
  ['/docs/', 'text/html; charset=utf-8', "default-src 'self'"],
  ['/docs/static/swagger-ui-bundle.js', 'text/javascript; charset=utf-8', "script-src 'self'"],
  ['/docs/static/swagger-ui.css', 'text/css; charset=utf-8', "script-src 'self'"],
  ['/docs/static/theme.css', 'text/css; charset=utf-8', "script-src 'self'"],
  ['/docs/static/favicon-32x32.png', 'image/png', "script-src 'self'"],
  ['/openapi.json', 'application/json; charset=utf-8', ''],
] as const

describe.each(files)('%s', (path, type, policy) => {
  test('comes whole, with a strong validator', async () => {
    const { status, headers, text } = await ask(`${market.url}${path}`)
    expect([status, headers.get('content-type'), headers.get('x-content-type-options')]).toEqual([200, type, 'nosniff'])
    expect(headers.get('etag')).toMatch(/^"[\w-]+"$/)
    expect(headers.get('content-security-policy') ?? '').toContain(policy)
    const head = await ask(`${market.url}${path}`, { method: 'HEAD' })
    expect([head.status, head.text, head.headers.get('etag')]).toEqual([200, '', headers.get('etag')])
    expect(head.headers.get('content-length')).toBe(headers.get('content-length'))
    if (type !== 'image/png') expect(headers.get('content-length')).toBe(String(Buffer.byteLength(text)))
  })

  test('does not come again to those who have it', async () => {
    const { headers } = await ask(`${market.url}${path}`)
    const tag = headers.get('etag') ?? ''
    const statusOf = async (given: string, method = 'GET'): Promise<number> =>
      (await ask(`${market.url}${path}`, { method, headers: { 'if-none-match': given } })).status
    for (const given of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      expect(await statusOf(given)).toBe(304)
      expect(await statusOf(given, 'HEAD')).toBe(304)
    }
    expect(await statusOf('"x"')).toBe(200)
    const kept = await ask(`${market.url}${path}`, { headers: { 'if-none-match': tag } })
    expect([kept.text, kept.headers.get('etag'), kept.headers.get('cache-control')]).toEqual(['', tag, 'no-cache'])
  })
})

test('a large file goes out by no more than 64 KiB in a turn of the event loop', async () => {
  let body: unknown
  const reply = {
    headers: () => reply,
    send(sent: unknown) {
      body = sent
      return reply
    },
  } as unknown as FastifyReply
  const bytes = Buffer.from(Array.from({ length: 150_000 }, (_, i) => i % 251))
  sendFile({ headers: {} }, reply, memoryFile(bytes, 'text/plain'))
  let turn = 0
  const countTurns = (): NodeJS.Immediate => setImmediate(() => (turn++, (counting = countTurns())))
  let counting = countTurns()
  const slices: Buffer[] = []
  const turns = new Set<number>()
  for await (const slice of body as AsyncIterable<Buffer>) {
    slices.push(slice)
    turns.add(turn)
  }
  clearImmediate(counting)
  expect(slices.map(({ length }) => length)).toEqual([65_536, 65_536, 18_928])
  expect([turns.size, Buffer.concat(slices).equals(bytes)]).toEqual([3, true])
})

test.each(['/docs/static/swagger-ui.js', '/docs/static/csp.json', '/docs/static/', '/docs/static/..%2fpackage.json', '/docs/yaml'])(
  'there is no file %s',
  async (path) => {
    expect((await ask(`${market.url}${path}`)).body).toMatchObject({ error: { code: 'TRN_NOT_FOUND' } })
  },
)

test.skipIf(process.platform !== 'linux')('clients that do not read their files keep none open', async () => {
  const request = 'GET /docs/static/swagger-ui-bundle.js HTTP/1.1\r\nHost: a\r\n\r\n'
  const clients = Array.from({ length: 10 }, () => openLingering(market.url, request.repeat(4)))
  onTestFinished(() => clients.forEach((end) => end()))
  await pause(200)
  expect(openFiles().filter((path) => path.includes('swagger-ui'))).toEqual([])
})

/** What this process has open. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      return [readlinkSync(`/proc/self/fd/${name}`)]
    } catch {
      // The listing itself was one.
      return []
    }
  })
}

test('/exchanges and /health are made once a second; /ready is made anew each time', async () => {
  market.trade('alpha', 'BTC-USD', '5')
  market.clock.advance(1000)
  const textOf = async (path: string): Promise<string> => (await market.get(path, keyHeaders)).text
  const read = async (): Promise<readonly string[]> => Promise.all(['/exchanges', '/health', '/ready'].map(textOf))
  const first = await read()
  expect(first[0]).toContain('"age_seconds":1,')
  market.clock.advance(400_000)
  const before = await read()
  market.trade('alpha', 'BTC-USD', '6')
  market.clock.advance(500)
  const kept = await read()
  expect([kept[0], kept[1]]).toEqual([before[0], before[1]])
  expect([before[2], kept[2]]).toEqual([expect.stringContaining('not ready') as string, expect.stringContaining('"ready"') as string])
  market.clock.advance(500)
  const after = await read()
  expect(after[0]).toContain('"age_seconds":1,')
  expect(JSON.parse(after[1] ?? '')).toMatchObject({ status: 'ok' })
})
