import { describe, expect, onTestFinished, test } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import { exchangesAnswer } from '../lpo/schemas.ts'

const alpha = testConnector({ name: 'alpha', quotes: ['USDT', 'USD'], renames: { TON: ['GRAM', 'TON'] } })
const listUrl = 'http://alpha.test/list'
const dayMs = 86_400_000

async function openMarket(assets: readonly string[], listed?: Readonly<Record<string, boolean>>): Promise<FakeMarket> {
  const market = await openFakeMarket({ connectors: [alpha], assets: { alpha: assets } }, listed === undefined ? {} : { [listUrl]: list(listed) })
  onTestFinished(market.stop)
  return market
}

const list = (listed: Readonly<Record<string, boolean>>): unknown => ({ rows: Object.entries(listed).map(([s, on]) => ({ s, on })) })

const readings = (market: FakeMarket): number => market.transport.requests.filter(({ what }) => what.url === listUrl).length

async function listings(market: FakeMarket): Promise<readonly string[]> {
  const [first] = exchangesAnswer.parse((await market.get('/exchanges')).body).exchanges
  return (first?.listings ?? []).map(({ asset, symbol, currency, state }) =>
    state === 'missing' ? `${asset} missing` : `${asset} ${symbol} ${currency}`,
  )
}

/** What the venue was asked for on its newest connection, requests undone left out. */
function subscribed(market: FakeMarket): readonly string[] {
  const symbols = new Set<string>()
  for (const { what } of market.socket('alpha').sent) {
    const { op, symbols: named } = JSON.parse(String(what)) as { op: string; symbols: readonly string[] }
    for (const symbol of named)
      if (op === 'subscribe') symbols.add(symbol)
      else symbols.delete(symbol)
  }
  return [...symbols]
}

describe('the listing of a venue decides on symbols:', () => {
  test.each([
    ['the first quote where both are traded', { 'BTC-USDT': true, 'BTC-USD': true }, ['BTC BTC-USDT USDT']],
    ['the next quote where the first is not listed', { 'BTC-USD': true }, ['BTC BTC-USD USD']],
    ['the next quote where the first is suspended', { 'BTC-USDT': false, 'BTC-USD': true }, ['BTC BTC-USD USD']],
    ['none where nothing is traded', { 'BTC-USDT': false, 'ETH-USDT': true }, ['BTC missing']],
  ])('%s', async (_name, listed, expected) => {
    const market = await openMarket(['BTC'], listed)
    expect(await listings(market)).toEqual(expected)
    expect(subscribed(market)).toEqual(expected.flatMap((line) => line.split(' ')[1] ?? []).filter((symbol) => symbol !== 'missing'))
  })

  test.each([
    ['the new name', { 'GRAM-USDT': true, 'TON-USDT': true }, ['TON GRAM-USDT USDT']],
    ['the new name in another quote before the old one', { 'GRAM-USD': true, 'TON-USDT': true }, ['TON GRAM-USD USD']],
    ['the old name where there is no new one', { 'TON-USDT': true }, ['TON TON-USDT USDT']],
  ])('of a renamed asset, %s', async (_name, listed, expected) => {
    const market = await openMarket(['TON'], listed)
    expect(await listings(market)).toEqual(expected)
    market.trade('alpha', expected[0]?.split(' ')[1] ?? '', '3.10')
    expect((await market.get('/price?asset=ton')).body).toMatchObject({ asset: 'TON', price_text: '3.10' })
  })

  test('until it is read, the first candidate is taken', async () => {
    const market = await openMarket(['BTC', 'TON'])
    expect(await listings(market)).toEqual(['BTC BTC-USDT USDT', 'TON GRAM-USDT USDT'])
    expect(subscribed(market)).toEqual(['BTC-USDT', 'GRAM-USDT'])
  })
})

describe('the listing of a venue is read', () => {
  test('daily; a change is sent as the difference on the same connection', async () => {
    const market = await openMarket(['BTC', 'ETH', 'SOL'], { 'BTC-USDT': true, 'ETH-USDT': true })
    expect(await listings(market)).toEqual(['BTC BTC-USDT USDT', 'ETH ETH-USDT USDT', 'SOL missing'])
    market.trade('alpha', 'BTC-USDT', '5')
    market.socket('alpha').takeSent()
    market.rest.set(listUrl, list({ 'BTC-USDT': true, 'ETH-USDT': false, 'SOL-USDT': true }))
    await market.clock.advanceAsync(dayMs)
    expect(readings(market)).toBe(2)
    expect(await listings(market)).toEqual(['BTC BTC-USDT USDT', 'SOL SOL-USDT USDT', 'ETH missing'])
    const sent = market
      .socket('alpha')
      .takeSent()
      .map((frame) => JSON.parse(String(frame)) as { op: string; symbols: string[] })
    expect(sent.some(({ op, symbols }) => op === 'unsubscribe' && symbols.includes('ETH-USDT'))).toBe(true)
    expect(sent.some(({ op, symbols }) => op === 'subscribe' && symbols.includes('SOL-USDT'))).toBe(true)
    expect(market.transport.sockets).toHaveLength(1)
  }, 30_000)

  test('again after a minute when it failed, and what was known is kept', async () => {
    const market = await openMarket(['BTC', 'ETH'])
    expect(readings(market)).toBe(1)
    market.rest.set(listUrl, list({ 'BTC-USDT': true }))
    await market.clock.advanceAsync(60_000)
    expect(readings(market)).toBe(2)
    expect(await listings(market)).toEqual(['BTC BTC-USDT USDT', 'ETH missing'])
    expect(market.log.some((line) => line.includes('listing could not be read'))).toBe(true)
  })

  test.each([
    ['empty', { rows: [] }],
    ['of an unknown shape', { data: { symbols: [] } }],
  ])('and left aside when it is %s: no asset is lost', async (_name, body) => {
    const market = await openFakeMarket({ connectors: [alpha], assets: { alpha: ['BTC'] } }, { [listUrl]: body })
    onTestFinished(market.stop)
    expect(await listings(market)).toEqual(['BTC BTC-USDT USDT'])
  })
})
