import { describe, expect, test } from 'vitest'
import type { Connector, ConnectorRest, ListedSymbol, RestPrices } from '../../connector.ts'
import { readObject } from '../../frame/read-object.ts'
import { connectorChecks } from '../connector-checks.ts'
import type { RestFixture } from '../fixtures.ts'
import { acme, expectFailed, failures, fixtures, readRejection } from './acme.fixture.ts'

describe('faulty REST fails the check that names its fault, and no other', () => {
  const { rest: good, regions } = acme
  const list = (decode: (body: string) => unknown): Partial<ConnectorRest> => ({ list: { ...good.list, decode: decode as typeof good.list.decode } })
  const prices = (change: (prices: RestPrices) => unknown): Partial<ConnectorRest> => ({
    decode(body, symbols, restName) {
      const decoded = good.decode(body, symbols, restName)
      return ('rejected' in decoded ? decoded : change(decoded)) as RestPrices
    },
  })
  const rows = (change: (row: ListedSymbol) => object): Partial<ConnectorRest> =>
    list((body) => {
      const decoded = good.list.decode(body)
      return 'rejected' in decoded ? decoded : decoded.map(change)
    })

  const faults: readonly (readonly [fault: string, broken: Partial<ConnectorRest>, check: string])[] = [
    [
      'prices go through a float',
      prices(({ ticks, ...more }) => ({ ...more, ticks: ticks.map((tick) => ({ ...tick, price: String(Number(tick.price)) })) })),
      'rest: the body',
    ],
    ['ticks stand alone, as in version 1', prices(({ ticks }) => ticks), 'rest: the body'],
    ['the time of the body is lost', prices(({ ticks }) => ({ ticks })), 'rest: the body'],
    ['the time of the body is seconds', prices(({ madeAt, ...more }) => ({ ...more, madeAt: (madeAt ?? 0) / 1000 })), 'rest: the body'],
    ['names come from the symbols', { decode: (body, symbols) => good.decode(body, symbols, (symbol) => symbol) }, 'rest: the body'],
    [
      'broken bodies throw',
      { decode: (body, symbols, names) => (JSON.parse(body) === null ? { ticks: [] } : good.decode(body, symbols, names)) },
      'rest: hostile bodies',
    ],
    [
      'broken bodies are neither prices nor a rejection',
      { decode: (body, symbols, names) => (readObject(body) === undefined ? ({} as RestPrices) : good.decode(body, symbols, names)) },
      'rest: hostile bodies',
    ],
    [
      'a rejection has no words',
      { decode: (body, symbols, names) => (body.startsWith('<') ? { rejected: '' } : good.decode(body, symbols, names)) },
      'rest: hostile bodies',
    ],
    ['symbols that nobody asked for', { decode: (body, _symbols, names) => good.decode(body, ['BTC-USD', 'ETH-USD'], names) }, 'rest: the body'],
    [
      'names are put together from pieces',
      { decode: (body, symbols) => good.decode(body, symbols, (symbol) => symbol.replace(/^BTC-USD$/, 'XBT')) },
      'rest: rows are found',
    ],
    ['prices are read too seldom', { everyMs: 30_000 }, 'rest: readings keep'],
    ['no address', { request: () => [{ url: 'tickers' }] }, 'rest: requests'],
    ['nothing is asked', { request: () => [] }, 'rest: requests'],
    ['bodies come from the future', { bodyAgeMs: -1 }, 'rest: requests'],
    ['another host than the region knows', { request: () => [{ url: 'https://www.acme.test/tickers' }] }, 'rest: each region'],
    ['broken listings throw', list((body) => (JSON.parse(body) === null ? [] : good.list.decode(body))), 'rest: the listing'],
    ['all is trading', rows(({ symbol }) => ({ symbol, state: 'trading' })), 'rest: the listing'],
    ['what is unknown trades', rows((row) => (row.unknownState === undefined ? row : { ...row, state: 'trading' })), 'rest: the listing'],
    ['what is unknown is not reported', rows(({ unknownState: _unknown, ...row }) => row), 'rest: the listing'],
    ['names are lost', rows(({ restName: _name, ...row }) => row), 'rest: the listing'],
    ['rows are tradable or not, as in version 1', rows(({ symbol, state }) => ({ symbol, tradable: state === 'trading' })), 'rest: the listing'],
    [
      'hostile rows have states of their own',
      list((body) =>
        readObject(body)?.refused === undefined && body !== fixtures.rest?.list ? [{ symbol: 'A', state: 'on' }] : good.list.decode(body),
      ),
      'rest: the listing',
    ],
    [
      'a refusal is no prices',
      { decode: (body, symbols, names) => (readRejection(body) === undefined ? good.decode(body, symbols, names) : { ticks: [] }) },
      'rest: a refusal',
    ],
    ['a refusal is an empty listing', list((body) => (readRejection(body) === undefined ? good.list.decode(body) : [])), 'rest: a refusal'],
    [
      'a refusal loses its words',
      list((body) => (readRejection(body) === undefined ? good.list.decode(body) : { rejected: 'refused' })),
      'rest: a refusal',
    ],
  ]

  test.each(faults)('%s', async (_, fault, check) => {
    expectFailed(await failures({ ...acme, rest: { ...good, ...fault } }), check)
  })

  test('names that only look like the symbols are found where the listing does not give them', async () => {
    const rest = fixtures.rest as RestFixture
    const plain: RestFixture = {
      ...rest,
      ticker: rest.ticker.replace('XBT', 'BTC/USD'),
      list: '{"symbols":[{"s":"BTC-USD","is":"on"}]}',
      listed: [{ symbol: 'BTC-USD', state: 'trading' }],
    }
    const decode: typeof good.decode = (body, symbols) => good.decode(body, symbols, (symbol) => symbol.replace('-', '/'))
    expect(await failures({ ...acme, rest: { ...good, decode } }, { ...fixtures, rest: plain })).toEqual([
      'rest: rows are found by the names that the listing gives',
    ])
  })

  test('a body without a time that is old when it comes leaves quiet prices stale', async () => {
    const { madeAt: _time, ...body } = fixtures.rest as RestFixture
    const decode = prices(({ ticks }) => ({ ticks })).decode as typeof good.decode
    const withAge = (bodyAgeMs: number): Connector => ({ ...acme, rest: { ...good, decode, bodyAgeMs } })
    expect(await failures(withAge(9999), { ...fixtures, rest: body })).toEqual([])
    expectFailed(await failures(withAge(10_000), { ...fixtures, rest: body }), 'rest: readings keep')
  })

  test('a list in place of prices is met with what to return', () => {
    const decode = prices(({ ticks }) => ticks).decode as typeof good.decode
    const check = connectorChecks({ ...acme, rest: { ...good, decode } }, fixtures).find(({ name }) => name.startsWith('rest: the body'))
    expect(() => check?.run()).toThrow(/must return \{ ticks \} and not a list/)
  })

  test('prices of which nothing says how old they are', async () => {
    const { bodyAgeMs: _age, ...undated } = good
    const { madeAt: _time, ...body } = fixtures.rest as RestFixture
    const withoutTime = prices(({ ticks }) => ({ ticks })).decode as typeof good.decode
    const connector = { ...acme, rest: { ...undated, decode: withoutTime } }
    expectFailed(await failures(connector, { ...fixtures, rest: body }), 'rest: the body')
    const check = connectorChecks(connector, { ...fixtures, rest: body }).find(({ name }) => name.startsWith('rest: the body'))
    await expect((async () => check?.run())()).rejects.toThrow(/madeAt .*times, .*declare rest\.bodyAgeMs/)
    expect(await failures({ ...connector, rest: { ...connector.rest, bodyAgeMs: 0 } }, { ...fixtures, rest: body })).toEqual([])
  })

  test('a region without an address is found', async () => {
    expectFailed(await failures({ ...acme, regions: { moon: { ...regions.moon, urls: [] } } }), 'rest: each region')
  })

  test('and there is one for every check of REST', () => {
    const names = connectorChecks(acme, fixtures).map(({ name }) => name)
    const unproved = names.filter((name) => name.startsWith('rest:') && !faults.some(([, , check]) => name.startsWith(check)))
    expect([names.filter((name) => name.startsWith('rest:')).length, unproved]).toEqual([8, []])
  })
})
