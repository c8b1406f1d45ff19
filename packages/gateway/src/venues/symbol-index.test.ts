import { describe, expect, test } from 'vitest'
import { defaultSet } from '../connector-set.ts'
import { defaultConnectors, findConnector } from '../connectors.ts'
import { knownTickers } from '../settings/assets.ts'
import { indexSymbols } from './symbol-index.ts'

const index = (venue: string, tickers: readonly string[] = knownTickers): ReturnType<typeof indexSymbols> =>
  indexSymbols(findConnector(venue), defaultSet.names, tickers)

describe('the symbols of a venue', () => {
  test('tell the asset and the currency, in each quote of the venue, renamed ones too', () => {
    const cryptocom = index('cryptocom')
    expect(cryptocom.get('1INCH_USDT')).toEqual({ asset: '1INCH', symbol: '1INCH_USDT', currency: 'USDT' })
    expect(cryptocom.get('POL_USD')).toEqual({ asset: 'POL', symbol: 'POL_USD', currency: 'USD' })
    for (const symbol of ['GRAM_USDT', 'TON_USDT']) expect(cryptocom.get(symbol)).toEqual({ asset: 'TON', symbol, currency: 'USDT' })
    expect(index('kraken').get('XNO/USD')).toEqual({ asset: 'NANO', symbol: 'XNO/USD', currency: 'USD' })
    expect(index('gemini').get('rndrusd')?.asset).toBe('RENDER')
  })

  test('tell two tokens under one ticker apart', () => {
    const kraken = index('kraken', ['LUNA', 'LUNC'])
    expect([kraken.get('LUNA/USD')?.asset, kraken.get('LUNA2/USD')?.asset, kraken.get('LUNC/USD')]).toEqual(['LUNC', 'LUNA', undefined])
  })

  test('are whole: one that only ends or begins like a known one is another', () => {
    const gemini = index('gemini')
    expect(gemini.get('aaveusd')?.asset).toBe('AAVE')
    for (const symbol of ['AAVEUSD', 'xrpgusd', 'btcrlusd', 'usd', '']) expect(gemini.get(symbol), symbol).toBeUndefined()
  })

  test.each(defaultConnectors)('of $name lead to the asset of each known ticker', (connector) => {
    const symbols = index(connector.name)
    for (const ticker of knownTickers) {
      const asset = defaultSet.names.canonical(ticker)
      const [name = ''] = defaultSet.names.namesAt(connector.name, asset)
      for (const quote of connector.quotes) expect(symbols.get(connector.toSymbol({ base: name, quote }))).toMatchObject({ asset, currency: quote })
    }
  })
})
