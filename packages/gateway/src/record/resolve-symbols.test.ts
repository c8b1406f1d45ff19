import { AssetNames, type ListedSymbol } from '@trinity/core'
import { FakeClock, FakeTransport, plainVenue } from '@trinity/core/testing'
import { expect, test } from 'vitest'
import { resolveSymbols } from './resolve-symbols.ts'

const venue = plainVenue({
  quotes: ['USDT', 'USD'],
  rest: {
    everyMs: 1000,
    limit: { count: 10, perMs: 1000 },
    request: () => [],
    decode: () => ({ ticks: [] }),
    list: { request: () => ({ url: 'https://plain.test/list' }), decode: (body) => JSON.parse(body) as ListedSymbol[] },
  },
})
const names = new AssetNames([{ asset: 'TON', names: { plain: ['GRAM', 'TON'] } }])

async function resolve(status: number, listed: readonly ListedSymbol[]): Promise<{ symbols: readonly string[]; notices: readonly string[] }> {
  const clock = new FakeClock()
  const transport = new FakeTransport(clock)
  transport.answer = () => ({ status, body: JSON.stringify(listed) })
  const notices: string[] = []
  const onNotice = (notice: string): void => void notices.push(notice)
  const symbols = await resolveSymbols(['BTC', 'TON', 'POL'], { connector: venue, names, transport, clock, random: () => 0.5, onNotice })
  return { symbols, notices }
}

test('the listing of the venue decides on names and quotes, and the user hears what it lacks', async () => {
  const listed: readonly ListedSymbol[] = [
    { symbol: 'BTC-USDT', state: 'closed' },
    { symbol: 'BTC-USD', state: 'trading' },
    { symbol: 'GRAM-USDT', state: 'trading' },
    { symbol: 'TON-USDT', state: 'trading' },
  ]
  expect(await resolve(200, listed)).toEqual({ symbols: ['BTC-USD', 'GRAM-USDT'], notices: ['not traded at Plain: POL'] })
})

test('a halted symbol is recorded, since it trades again some time, and the user hears of both that and an unknown state', async () => {
  const listed: readonly ListedSymbol[] = [
    { symbol: 'BTC-USD', state: 'trading' },
    { symbol: 'TON-USDT', state: 'halted', unknownState: 'asleep' },
    { symbol: 'POL-USD', state: 'halted' },
  ]
  expect(await resolve(200, listed)).toEqual({
    symbols: ['BTC-USD', 'TON-USDT', 'POL-USD'],
    notices: [expect.stringContaining("TON-USDT is 'asleep'"), 'halted at Plain: TON, POL'],
  })
})

test('without the listing each asset gets the symbol that comes first, and the user hears why', async () => {
  const { symbols, notices } = await resolve(500, [])
  expect(symbols).toEqual(['BTC-USDT', 'GRAM-USDT', 'POL-USDT'])
  expect(notices).toEqual([expect.stringContaining('answered 500')])
})

test('a listing that is empty decides nothing', async () => {
  const { symbols, notices } = await resolve(200, [])
  expect(symbols).toEqual(['BTC-USDT', 'GRAM-USDT', 'POL-USDT'])
  expect(notices).toEqual([expect.stringContaining('The listing of plain is not believed')])
})
