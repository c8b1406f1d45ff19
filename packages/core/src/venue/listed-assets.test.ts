import { expect, test } from 'vitest'
import { plainVenue } from '../testing/fake/plain-venue.ts'
import { AssetNames, plainNames } from './asset-names.ts'
import { listedAssets } from './listed-assets.ts'

test('tickers are read back from symbols; what is no ticker, or would lead to another symbol, is left out', () => {
  const venue = plainVenue({ quotes: ['USD', 'EUR'] })
  const symbols = new Set(['BTC-USD', 'ETH-EUR', 'btc-USD', 'A_B-USD', '-USD', 'DOGE-GBP', `${'X'.repeat(16)}-USD`])
  expect(listedAssets(venue, plainNames, symbols)).toEqual(new Set(['BTC', 'ETH']))
})

test.each([
  ['lower case', (base: string, quote: string) => `${base}${quote}`.toLowerCase()],
  ['the quote first', (base: string, quote: string) => `${quote}_${base}`],
  ['letters of the quote in the base', (base: string, quote: string) => `t${base}${quote}`],
])('symbols with %s are read back', (_, join) => {
  const venue = plainVenue({ quotes: ['USD', 'USDT'], toSymbol: ({ base, quote }) => join(base, quote) })
  const assets = ['BTC', 'USD', 'USDC', 'TUSD', '1INCH', 'SUSHI']
  const symbols = assets.map((base) => venue.toSymbol({ base, quote: 'USDT' }))
  expect(listedAssets(venue, plainNames, new Set(symbols))).toEqual(new Set(assets))
})

test('an asset goes by its one name, whatever the venue calls it; a name that means another asset there leads to that', () => {
  const names = new AssetNames([
    { asset: 'GRAM', aliases: ['TON'] },
    { asset: 'LUNC', names: { plain: ['LUNA'] } },
    { asset: 'LUNA', names: { plain: ['LUNA2'] } },
  ])
  const listed = (...symbols: readonly string[]): ReadonlySet<string> => listedAssets(plainVenue(), names, new Set(symbols))
  expect(listed('TON-USD')).toEqual(new Set(['GRAM']))
  expect(listed('TON-USD', 'GRAM-USD')).toEqual(new Set(['GRAM']))
  expect(listed('LUNA-USD')).toEqual(new Set(['LUNC']))
  expect(listed('LUNA2-USD')).toEqual(new Set(['LUNA']))
  expect(listed('LUNC-USD')).toEqual(new Set())
})
