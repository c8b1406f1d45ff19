import { type ListedSymbol } from '@trinity/core'
import { FakeClock, FakeTransport, plainVenue } from '@trinity/core/testing'
import { expect, test } from 'vitest'
import { resolveSymbols } from './resolve-symbols.ts'

const listing = 'https://plain.test/list'

const venue = plainVenue({
  quotes: ['USDT', 'USD'],
  renames: { TON: ['GRAM', 'TON'] },
  rest: {
    everyMs: 1000,
    limit: { count: 10, perMs: 1000 },
    request: () => [],
    decode: () => [],
    list: { request: () => ({ url: listing }), decode: (body) => JSON.parse(body) as ListedSymbol[] },
  },
})

async function resolve(status: number, listed: readonly ListedSymbol[]): Promise<{ symbols: readonly string[]; notices: readonly string[] }> {
  const clock = new FakeClock()
  const transport = new FakeTransport(clock)
  transport.answer = () => ({ status, body: JSON.stringify(listed) })
  const notices: string[] = []
  const symbols = await resolveSymbols(venue, ['BTC', 'TON', 'POL'], transport, clock, (notice) => notices.push(notice))
  return { symbols, notices }
}

test('the listing of the venue decides on names and quotes, and what it lacks is told', async () => {
  const listed = [
    { symbol: 'BTC-USDT', tradable: false },
    { symbol: 'BTC-USD', tradable: true },
    { symbol: 'GRAM-USDT', tradable: true },
    { symbol: 'TON-USDT', tradable: true },
  ]
  expect(await resolve(200, listed)).toEqual({ symbols: ['BTC-USD', 'GRAM-USDT'], notices: ['not traded at Plain: POL'] })
})

test('without the listing each asset gets the symbol that comes first, and the reason is told', async () => {
  const { symbols, notices } = await resolve(500, [])
  expect(symbols).toEqual(['BTC-USDT', 'GRAM-USDT', 'POL-USDT'])
  expect(notices).toEqual([expect.stringContaining('answered 500')])
})
