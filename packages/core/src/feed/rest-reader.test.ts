import { describe, expect, test } from 'vitest'
import type { ConnectorRest, RestPrices, RestRejection } from '../connector.ts'
import type { RestResponse } from '../transport.ts'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { FakeTransport } from '../testing/fake/fake-transport.ts'
import { plainTick } from '../testing/fake/plain-venue.ts'
import { RestReader, type RestReading } from './rest-reader.ts'

const ok = (body = '1'): RestResponse => ({ status: 200, body })

/** A venue that is asked for each symbol by itself; its body is the price. */
const singles: ConnectorRest = {
  everyMs: 20_000,
  limit: { count: 2, perMs: 1000 },
  request: (symbols) => symbols.map((symbol) => ({ url: `https://plain.test/${symbol}` })),
  decode: (body) => ({ ticks: [plainTick('a', body)] }),
  list: { request: () => ({ url: 'https://plain.test/list' }), decode: (body) => [{ symbol: body, state: 'trading' }] },
}

/** A venue that says all in one body. */
const bulk: ConnectorRest = {
  ...singles,
  limit: { count: 100, perMs: 1000 },
  request: () => [{ url: 'https://plain.test/all' }],
  decode: (body, symbols) => ({ ticks: symbols.map((symbol) => plainTick(symbol, body)) }),
}

const pricesOf = ({ bodies }: Pick<RestReading, 'bodies'>): string[] =>
  bodies.flatMap(({ ticks }) => ticks.map(({ symbol, price }) => symbol + price))

function makeReader(rest: ConnectorRest): { clock: FakeClock; transport: FakeTransport; reader: RestReader; start: number } {
  const clock = new FakeClock()
  const transport = new FakeTransport(clock, () => ok())
  return { clock, transport, reader: new RestReader(rest, transport, clock), start: clock.now() }
}

describe('coalescing', () => {
  test('any number of callers costs one reading under way and one to come', async () => {
    const { clock, transport, reader } = makeReader(bulk)
    const answers: ((response: RestResponse) => void)[] = []
    transport.answer = () => new Promise((resolve) => answers.push(resolve))
    const first = reader.read(['a'])
    await clock.advanceAsync(0)
    const others = Array.from({ length: 1000 }, (_, i) => reader.read([`s${i % 3}`]))
    await clock.advanceAsync(0)
    expect(transport.requests).toHaveLength(1)
    answers[0]?.(ok('1'))
    await clock.advanceAsync(0)
    expect(transport.requests).toHaveLength(2)
    answers[1]?.(ok('2'))
    expect(pricesOf(await first)).toEqual(['a1'])
    for (const reading of await Promise.all(others)) expect(pricesOf(reading)).toEqual(['s02', 's12', 's22'])
    expect(transport.requests).toHaveLength(2)
  })

  test('a listing does not wait for ever behind readings that are all rejected', async () => {
    const { clock, transport, reader, start } = makeReader({ ...bulk, limit: { count: 1, perMs: 1000 } })
    transport.answer = async ({ url }) => {
      await new Promise<void>((resolve) => clock.after(150, resolve))
      return url.endsWith('/list') ? ok('A') : { status: 429, body: '' }
    }
    const readOn = async (): Promise<void> => {
      while (clock.now() < start + 60_000) await reader.read(['a']).catch(() => undefined)
    }
    void readOn()
    await clock.advanceAsync(100)
    const listing = reader.list()
    await clock.advanceAsync(60_000)
    expect(await Promise.race([listing, Promise.resolve('not read')])).toMatchObject({ listed: [{ symbol: 'A' }] })
    expect(transport.requests.map(({ what }) => what.url.at(-1))).toEqual(['l', 't', 'l'])
  })

  test('a reading that fails does not hold up the next', async () => {
    const { transport, reader } = makeReader(bulk)
    transport.answer = () => Promise.reject(new Error('time-out'))
    const first = reader.read(['a'])
    await expect(first).rejects.toThrow('time-out')
    transport.answer = () => ok('3')
    expect(pricesOf(await reader.read(['a']))).toEqual(['a3'])
  })
})

describe('pace', () => {
  test('requests keep the limit of the venue, also over several readings and the listing', async () => {
    const { clock, transport, reader, start } = makeReader(singles)
    const reading = reader.read(['a', 'b', 'c', 'd', 'e'])
    const list = reader.list()
    await clock.advanceAsync(10_000)
    await Promise.all([reading, list])
    const times = transport.requests.map(({ at }) => at - start)
    expect(times).toHaveLength(6)
    for (const [i, at] of times.entries()) expect(at - (times[i - 2] ?? -Infinity)).toBeGreaterThanOrEqual(1000)
  })

  test('each body proves nothing later than its own request', async () => {
    const { clock, reader, start } = makeReader(singles)
    const reading = reader.read(['a', 'b', 'c', 'd', 'e'])
    await clock.advanceAsync(10_000)
    expect((await reading).bodies.map(({ askedAt }) => askedAt - start)).toEqual([0, 0, 1000, 1000, 2000])
  })

  test.each([
    ['429 with Retry-After', { status: 429, body: '', retryAfterMs: 7000 }, 7000],
    ['503 with Retry-After', { status: 503, body: '', retryAfterMs: 2000 }, 2000],
    ['429 without it', { status: 429, body: '' }, 30_000],
    ['418', { status: 418, body: 'banned' }, 30_000],
    ['500', { status: 500, body: '' }, 0],
  ])('%s: the reading fails, and the venue is left alone for %#', async (_, response, pauseMs) => {
    const { clock, transport, reader, start } = makeReader(bulk)
    transport.answer = () => response
    await expect(reader.read(['a'])).rejects.toThrow(`answered ${response.status}`)
    transport.answer = () => ok()
    const next = reader.read(['a'])
    await clock.advanceAsync(60_000)
    await next
    expect(transport.requests.map(({ at }) => at - start)).toEqual([0, pauseMs])
  })

  test.each([
    ['without a pause of its own', {}, 30_000],
    ['with one', { retryAfterMs: 7000 }, 7000],
  ])('a rejection in a good response %s pauses like a 429, and the reading fails with its words', async (_, more, pauseMs) => {
    let rejection: RestRejection | undefined = { rejected: 'EGeneral:Too many requests', ...more }
    const { clock, transport, reader, start } = makeReader({
      ...bulk,
      decode: (body, symbols, restName) => rejection ?? bulk.decode(body, symbols, restName),
    })
    await expect(reader.read(['a'])).rejects.toThrow('https://plain.test/all rejected the request: EGeneral:Too many requests')
    rejection = undefined
    const next = reader.read(['a'])
    await clock.advanceAsync(60_000)
    expect(pricesOf(await next)).toEqual(['a1'])
    expect(transport.requests.map(({ at }) => at - start)).toEqual([0, pauseMs])
  })

  test.each([
    ['a rejection in a good response', 200],
    ['a response with status 429', 429],
  ])('%s that asks for longer than an hour gets an hour', async (_, status) => {
    let retryAfterMs: number | undefined = 86_400_000
    const { clock, transport, reader, start } = makeReader({
      ...bulk,
      decode: (body, symbols, restName) => (retryAfterMs === undefined ? bulk.decode(body, symbols, restName) : { rejected: 'no', retryAfterMs }),
    })
    transport.answer = () => (status === 200 ? ok() : { status, body: '', retryAfterMs: 86_400_000 })
    await expect(reader.read(['a'])).rejects.toThrow()
    retryAfterMs = undefined
    transport.answer = () => ok()
    void reader.read(['a'])
    await clock.advanceAsync(4_000_000)
    expect(transport.requests.map(({ at }) => at - start)).toEqual([0, 3_600_000])
  })

  test.each([Number.NaN, -1, Infinity])('a rejection whose pause is %s pauses like a 429, and says so', async (retryAfterMs) => {
    let rejection: RestRejection | undefined = { rejected: 'no', retryAfterMs }
    const { clock, transport, reader, start } = makeReader({
      ...bulk,
      decode: (body, symbols, restName) => rejection ?? bulk.decode(body, symbols, restName),
    })
    await expect(reader.read(['a'])).rejects.toThrow(`no (the connector gave retryAfterMs ${retryAfterMs}, which counts as absent)`)
    rejection = undefined
    void reader.read(['a'])
    await clock.advanceAsync(60_000)
    expect(transport.requests.map(({ at }) => at - start)).toEqual([0, 30_000])
  })

  test('a rejected listing pauses too', async () => {
    const list = { request: () => ({ url: 'https://plain.test/list' }), decode: () => ({ rejected: 'x'.repeat(1000), retryAfterMs: 5000 }) }
    const { clock, transport, reader, start } = makeReader({ ...bulk, list })
    const error = await reader.list().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'TRN_VENUE_UNAVAILABLE' })
    expect(String(error)).toHaveLength(`TrinityError: https://plain.test/list rejected the request: ${'x'.repeat(200)}`.length)
    const next = reader.read(['a'])
    await clock.advanceAsync(60_000)
    await next
    expect(transport.requests.map(({ at }) => at - start)).toEqual([0, 5000])
  })

  test('a rejection of one of several requests is one failure, one line', async () => {
    const decode = (body: string): RestPrices | RestRejection => (body === '2' ? { rejected: 'no such pair' } : { ticks: [plainTick('x', body)] })
    const { clock, transport, reader } = makeReader({ ...singles, limit: { count: 100, perMs: 1000 }, decode })
    transport.answer = ({ url }) => ok(url.endsWith('/b') ? '2' : '1')
    const reading = reader.read(['a', 'b', 'c'])
    await clock.advanceAsync(60_000)
    const { bodies, failures } = await reading
    expect([pricesOf({ bodies }), failures]).toEqual([['x1', 'x1'], ['https://plain.test/b rejected the request: no such pair']])
  })

  test('a body of an error is cut before it comes into a message', async () => {
    const { transport, reader } = makeReader(bulk)
    transport.answer = () => ({ status: 500, body: 'x'.repeat(10_000) })
    const error = await reader.read(['a']).catch((reason: unknown) => reason)
    expect(String(error).length).toBeLessThan(400)
  })
})

describe('bodies', () => {
  test('say when they were asked for, when they came, and when the venue made them', async () => {
    const { clock, transport, reader, start } = makeReader({ ...bulk, decode: (body) => ({ ticks: [], madeAt: Number(body) }) })
    let answer: (response: RestResponse) => void = () => undefined
    transport.answer = () => new Promise((resolve) => (answer = resolve))
    const reading = reader.read(['a'])
    await clock.advanceAsync(700)
    answer(ok('123'))
    expect((await reading).bodies).toEqual([{ ticks: [], askedAt: start, receivedAt: start + 700, madeAt: 123 }])
  })

  test.each([
    ['longer than declared proves less', 60_000, undefined, 2000, 58_000],
    ['shorter than declared proves what is declared', 1000, undefined, 2000, 0],
    ['is as old as its own time says, where it has one', 60_000, 1_790_000_000_000, 0, 0],
  ])('a body that caches have held %s', async (_, ageMs, madeAt, bodyAgeMs, earlierMs) => {
    const prices = { ticks: [plainTick('a', '1')], ...(madeAt === undefined ? {} : { madeAt }) }
    const { reader, transport, start } = makeReader({ ...bulk, bodyAgeMs, decode: () => prices })
    transport.answer = () => ({ ...ok(), ageMs })
    expect((await reader.read(['a'])).bodies).toMatchObject([{ askedAt: start - earlierMs, madeAt }])
  })

  test('come apart where a row is much older than the others', async () => {
    const [madeAt, old] = [1_790_000_120_000, 1_790_000_000_000]
    const { reader } = makeReader({ ...bulk, decode: () => ({ ticks: [{ ...plainTick('a', '1'), madeAt: old }, plainTick('b', '2')], madeAt }) })
    const { bodies } = await reader.read(['a', 'b'])
    expect(bodies.map((body) => [body.madeAt, pricesOf({ bodies: [body] })])).toEqual([
      [madeAt, ['b2']],
      [old, ['a1']],
    ])
  })

  test('with times that are none count as without them, which is said once', async () => {
    const ticks = [plainTick('a', '1', { at: Number.NaN })]
    const { reader } = makeReader({ ...bulk, decode: () => ({ ticks, madeAt: Number.NaN }) })
    const first = await reader.read(['a'])
    expect(first.bodies).toMatchObject([{ ticks: [plainTick('a', '1', { at: undefined })], madeAt: undefined }])
    expect(first.failures).toEqual(['decode gave times or ids that are none; they count as absent'])
    expect((await reader.read(['a'])).failures).toEqual([])
  })

  test('call symbols by the names of the last listing, in requests too', async () => {
    const named: ConnectorRest = {
      ...bulk,
      request: (symbols, restName) => symbols.map((symbol) => ({ url: `https://plain.test/${restName(symbol)}` })),
      decode: (_, symbols, restName) => ({ ticks: symbols.map((symbol) => plainTick(symbol, String(restName(symbol).length))) }),
    }
    const { transport, reader } = makeReader(named)
    reader.setNames([
      { symbol: 'a', state: 'trading', restName: 'XXA' },
      { symbol: 'b', state: 'trading' },
    ])
    expect(pricesOf(await reader.read(['a', 'b']))).toEqual(['a3', 'b1', 'a3', 'b1'])
    expect(transport.requests.map(({ what }) => what.url)).toEqual(['https://plain.test/XXA', 'https://plain.test/b'])
    expect(reader.isBulk(['a', 'b', 'c'])).toBe(false)
    expect(reader.isBulk(['a'])).toBe(true)
    reader.setNames([])
    await reader.read(['a'])
    expect(transport.requests.at(-1)?.what.url).toBe('https://plain.test/a')
  })
})

test('a failed request of several costs only its own symbols, and is told', async () => {
  const { clock, transport, reader } = makeReader({ ...singles, decode: (body) => ({ ticks: [plainTick('x', body)] }) })
  transport.answer = ({ url }) => {
    if (url.endsWith('/b')) return { status: 404, body: 'no such product' }
    if (url.endsWith('/c')) throw new TypeError('fetch failed', { cause: new Error('ECONNRESET') })
    return ok('7')
  }
  const reading = reader.read(['a', 'b', 'c', 'd'])
  await clock.advanceAsync(10_000)
  const { bodies, failures } = await reading
  expect(pricesOf({ bodies })).toEqual(['x7', 'x7'])
  expect(failures).toEqual(['https://plain.test/b answered 404: no such product', 'fetch failed: ECONNRESET'])
})

test('with all requests failed the reading fails', async () => {
  const { clock, transport, reader } = makeReader(singles)
  transport.answer = () => ({ status: 404, body: '' })
  const reading = reader.read(['a', 'b']).catch(String)
  await clock.advanceAsync(10_000)
  expect(await reading).toContain('/b answered 404')
})

test('the listing is read where the venue has one, and says when it was asked for', async () => {
  const { list: _, ...noList } = bulk
  const { clock, reader, start } = makeReader(singles)
  void reader.read(['a', 'b'])
  await clock.advanceAsync(0)
  const listing = reader.list()
  await clock.advanceAsync(5000)
  expect(await listing).toEqual({ listed: [{ symbol: '1', state: 'trading' }], askedAt: start + 1000 })
  expect(await makeReader(noList).reader.list()).toBeUndefined()
})

test('a stopped reader ends its waits, asks nothing more and leaves no timer', async () => {
  const { clock, transport, reader } = makeReader(singles)
  const reading = reader.read(['a', 'b', 'c', 'd'])
  await clock.advanceAsync(0)
  reader.stop()
  await expect(reading).rejects.toThrow('stopped')
  await expect(reader.read(['a'])).rejects.toThrow('stopped')
  await clock.advanceAsync(60_000)
  expect(transport.requests).toHaveLength(2)
  expect(clock.pending).toBe(0)
})
