import { describe, expect, onTestFinished, test } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import { type exchangesAnswer as Answer, exchangesAnswer } from '../lpo/schemas.ts'

const alpha = testConnector({ name: 'alpha', quotes: ['USDT', 'USD'] })
const listUrl = 'http://alpha.test/list'
const lastUrl = 'http://alpha.test/last'
const minuteMs = 60_000

type States = Readonly<Record<string, string>>

const list = (states: States): unknown => ({ rows: Object.entries(states).map(([s, state]) => ({ s, state })) })

async function openMarket(assets: readonly string[], listed?: States, prices: Readonly<Record<string, string>> = {}): Promise<FakeMarket> {
  const market = await openFakeMarket(
    { connectors: [alpha], assets: { alpha: assets } },
    {
      ...(listed === undefined ? {} : { [listUrl]: list(listed) }),
      [lastUrl]: { rows: Object.entries(prices).map(([s, p]) => ({ s, p })) },
    },
  )
  onTestFinished(market.stop)
  return market
}

async function exchange(market: FakeMarket): Promise<(typeof Answer)['_output']['exchanges'][number]> {
  const [first] = exchangesAnswer.parse((await market.get('/exchanges')).body).exchanges
  if (first === undefined) throw new Error('There is no exchange.')
  return first
}

async function listings(market: FakeMarket): Promise<readonly string[]> {
  return (await exchange(market)).listings.map(({ asset, symbol, market: state, state: listing }) =>
    listing === 'missing' ? `${asset} missing` : `${asset} ${symbol} ${state}`,
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
  test.each<[string, States, readonly string[]]>([
    ['the first quote where both are traded', { 'BTC-USDT': 'trading', 'BTC-USD': 'trading' }, ['BTC BTC-USDT trading']],
    ['the next quote where the first is not listed', { 'BTC-USD': 'trading' }, ['BTC BTC-USD trading']],
    ['the next quote where the first is closed', { 'BTC-USDT': 'closed', 'BTC-USD': 'trading' }, ['BTC BTC-USD trading']],
    [
      'the first quote also where it is halted: a currency never changes for that',
      { 'BTC-USDT': 'halted', 'BTC-USD': 'trading' },
      ['BTC BTC-USDT halted'],
    ],
    ['a halted one where nothing is traded', { 'BTC-USDT': 'halted', 'BTC-USD': 'closed' }, ['BTC BTC-USDT halted']],
    ['none where all is closed', { 'BTC-USDT': 'closed', 'ETH-USDT': 'trading' }, ['BTC missing']],
  ])('%s', async (_name, listed, expected) => {
    const market = await openMarket(['BTC'], listed)
    expect(await listings(market)).toEqual(expected)
    expect(subscribed(market)).toEqual(expected.flatMap((line) => line.split(' ')[1] ?? []).filter((symbol) => symbol !== 'missing'))
  })

  test('until it is read, the first candidate is taken', async () => {
    const market = await openMarket(['BTC', 'ETH'])
    expect(await listings(market)).toEqual(['BTC BTC-USDT trading', 'ETH ETH-USDT trading'])
    expect(subscribed(market)).toEqual(['BTC-USDT', 'ETH-USDT'])
  })
})

describe('a halted market', () => {
  test('keeps its price, which ages whatever REST repeats, is refused after 300 s, and is back with the first trade', async () => {
    const market = await openMarket(['BTC'], { 'BTC-USDT': 'trading' }, { 'BTC-USDT': '5.10' })
    market.trade('alpha', 'BTC-USDT', '5.10')
    const before = (await market.get('/price?asset=btc')).body
    expect(before).toMatchObject({ price_text: '5.10', market: 'trading', stale: false })
    market.rest.set(listUrl, list({ 'BTC-USDT': 'halted' }))
    // No trade for minutes may be a halt: the listing is read again.
    await market.clock.advanceAsync(4 * minuteMs)
    expect(await listings(market)).toEqual(['BTC BTC-USDT halted'])
    expect(subscribed(market)).toEqual(['BTC-USDT'])
    await market.clock.advanceAsync(60_000)
    const halted = (await market.get('/price?asset=btc')).body
    expect(halted).toMatchObject({ price_text: '5.10', market: 'halted', stale: true })
    expect(halted.cache_age_seconds).toBeGreaterThanOrEqual(60)
    await market.clock.advanceAsync(241_000)
    expect((await market.get('/price?asset=btc')).body).toMatchObject({
      status_code: 503,
      error: { code: 'TRN_PRICE_STALE', message: expect.stringContaining('halted') as string },
    })
    market.trade('alpha', 'BTC-USDT', '4.90')
    expect((await market.get('/price?asset=btc')).body).toMatchObject({ price_text: '4.90', market: 'trading', stale: false, cache_age_seconds: 0 })
    expect(market.transport.sockets).toHaveLength(1)
  })

  test('is read again within minutes, and trades again as soon as the listing says so', async () => {
    const market = await openMarket(['BTC'], { 'BTC-USDT': 'halted' }, { 'BTC-USDT': '5.10' })
    expect(await listings(market)).toEqual(['BTC BTC-USDT halted'])
    expect((await exchange(market)).why).toContain('halted')
    const { body } = await market.get('/price?asset=btc')
    expect(body).toMatchObject({ status_code: 503, error: { message: expect.stringContaining('halted') as string } })
    market.rest.set(listUrl, list({ 'BTC-USDT': 'trading' }))
    await market.clock.advanceAsync(4 * minuteMs)
    expect((await market.get('/price?asset=btc')).body).toMatchObject({ price_text: '5.10', market: 'trading', stale: false })
    expect(market.requestsTo(listUrl)).toBe(2)
  })

  test('outside the prewarmed lists says so, is read again within minutes, and harms no other', async () => {
    const market = await openMarket(['BTC'], { 'BTC-USDT': 'trading', 'TIA-USDT': 'halted' }, { 'TIA-USDT': '0.50' })
    expect((await market.get('/price?asset=tia')).body).toMatchObject({
      error: { code: 'TRN_PRICE_UNAVAILABLE', message: expect.stringContaining('halted') as string },
    })
    expect((await exchange(market)).state).toBe('ok')
    market.rest.set(listUrl, list({ 'BTC-USDT': 'trading', 'TIA-USDT': 'trading' }))
    await market.clock.advanceAsync(4 * minuteMs)
    expect((await market.get('/price?asset=tia')).body).toMatchObject({ price_text: '0.50', market: 'trading', stale: false })
  })

  test('of an unknown word counts as halted, and the word is logged', async () => {
    const market = await openMarket(['BTC'], { 'BTC-USDT': 'rebase' })
    expect(await listings(market)).toEqual(['BTC BTC-USDT halted'])
    expect(market.log.filter((line) => line.includes("BTC-USDT is 'rebase'"))).toHaveLength(1)
  })
})

describe('the listing of a venue is read', () => {
  test('daily; a change is sent as the difference on the same connection', async () => {
    const market = await openMarket(['BTC', 'ETH'], { 'BTC-USDT': 'trading', 'ETH-USDT': 'trading' })
    market.trade('alpha', 'BTC-USDT', '5')
    market.socket('alpha').takeSent()
    market.rest.set(listUrl, list({ 'BTC-USDT': 'trading', 'ETH-USDT': 'closed', 'ETH-USD': 'trading' }))
    market.clock.advance(24 * 60 * minuteMs - 1000)
    await market.clock.advanceAsync(2000)
    expect(market.requestsTo(listUrl)).toBe(2)
    expect(await listings(market)).toEqual(['BTC BTC-USDT trading', 'ETH ETH-USD trading'])
    const sent = market
      .socket('alpha')
      .takeSent()
      .map((frame) => JSON.parse(String(frame)) as { op: string; symbols: string[] })
    expect(sent.some(({ op, symbols }) => op === 'unsubscribe' && symbols.includes('ETH-USDT'))).toBe(true)
    expect(sent.some(({ op, symbols }) => op === 'subscribe' && symbols.includes('ETH-USD'))).toBe(true)
    expect(market.transport.sockets).toHaveLength(1)
  })

  test('within minutes while something wanted is missing', async () => {
    const market = await openMarket(['BTC', 'ETH'], { 'BTC-USDT': 'trading' })
    expect(await listings(market)).toEqual(['BTC BTC-USDT trading', 'ETH missing'])
    market.rest.set(listUrl, list({ 'BTC-USDT': 'trading', 'ETH-USDT': 'trading' }))
    await market.clock.advanceAsync(4 * minuteMs)
    expect(await listings(market)).toEqual(['BTC BTC-USDT trading', 'ETH ETH-USDT trading'])
  })

  test('again after a minute when it failed, and what was known is kept', async () => {
    const market = await openMarket(['BTC', 'ETH'])
    expect(market.requestsTo(listUrl)).toBe(1)
    market.rest.set(listUrl, list({ 'BTC-USDT': 'trading' }))
    await market.clock.advanceAsync(minuteMs)
    expect(market.requestsTo(listUrl)).toBe(2)
    expect(await listings(market)).toEqual(['BTC BTC-USDT trading', 'ETH missing'])
    expect(market.log.filter((line) => line.startsWith('{"venue":"alpha","reason":"http://alpha.test/list answered 404'))).toHaveLength(1)
  })

  const wanted = ['BTC', 'ETH', 'SOL', 'TON', 'POL']
  const whole = Object.fromEntries(wanted.map((asset) => [`${asset}-USDT`, 'trading']))

  test.each<[string, unknown]>([
    ['empty', { rows: [] }],
    ['of an unknown shape', { data: { symbols: [] } }],
    ['without most of what is wanted', list({ 'BTC-USDT': 'trading', 'ETH-USDT': 'trading', 'OTHER-USDT': 'trading', 'MORE-USDT': 'trading' })],
    ['a refusal', { refused: 'maintenance' }],
  ])('and left aside when it is %s: no asset is lost, and that is logged once', async (_name, body) => {
    const market = await openMarket(wanted, whole)
    for (const asset of wanted) market.trade('alpha', `${asset}-USDT`, '5')
    market.rest.set(listUrl, body)
    market.clock.advance(24 * 60 * minuteMs - 1000)
    await market.clock.advanceAsync(2000 + 2 * minuteMs)
    expect(market.requestsTo(listUrl)).toBeGreaterThanOrEqual(3)
    expect(await listings(market)).toEqual(wanted.map((asset) => `${asset} ${asset}-USDT trading`))
    expect(market.log.filter((line) => line.endsWith(' listing'))).toHaveLength(1)
    market.rest.set(listUrl, list({ ...whole, 'POL-USDT': 'closed', 'POL-USD': 'trading' }))
    await market.clock.advanceAsync(20 * minuteMs)
    expect(await listings(market)).toContain('POL POL-USD trading')
  })

  test('and the best state counts where a symbol has several rows', async () => {
    const market = await openFakeMarket(
      { connectors: [alpha], assets: { alpha: ['BTC', 'ETH'] } },
      {
        [listUrl]: {
          rows: [
            ['BTC-USDT', 'closed'],
            ['BTC-USDT', 'trading'],
            ['BTC-USDT', 'halted'],
            ['ETH-USDT', 'halted'],
            ['ETH-USDT', 'closed'],
          ].map(([s, state]) => ({ s, state })),
        },
      },
    )
    onTestFinished(market.stop)
    expect(await listings(market)).toEqual(['BTC BTC-USDT trading', 'ETH ETH-USDT halted'])
  })

  test('and says what REST bodies call a symbol', async () => {
    const market = await openFakeMarket(
      { connectors: [alpha], assets: { alpha: ['EUR'] } },
      { [listUrl]: { rows: [{ s: 'EUR-USD', on: true, rest: 'ZEURZUSD' }] }, [lastUrl]: { rows: [{ s: 'ZEURZUSD', p: '1.17000' }] } },
    )
    onTestFinished(market.stop)
    await market.clock.advanceAsync(30_000)
    expect((await market.get('/price?asset=eur')).body).toMatchObject({ price_text: '1.17000', currency: 'USD' })
  })
})
