import { describe, expect, test } from 'vitest'
import { defaultConnectors, findConnector } from '../connectors.ts'
import { indexSymbols } from '../venues/symbol-index.ts'
import { knownTickers, prewarmedAssets } from './assets.ts'

describe('the prewarmed assets', () => {
  test('are 25 at each of the six venues, 149 tickers in all, with CRO alone at two', () => {
    expect(Object.keys(prewarmedAssets)).toEqual(defaultConnectors.map(({ name }) => name))
    for (const [venue, assets] of Object.entries(prewarmedAssets)) expect(new Set(assets).size, venue).toBe(25)
    expect(knownTickers).toHaveLength(149)
    const listed = Object.values(prewarmedAssets).flat()
    expect(listed.filter((asset, i) => listed.indexOf(asset) !== i)).toEqual(['CRO'])
    for (const asset of listed) expect(asset).toMatch(/^[A-Z0-9]{1,15}$/)
  })
})

describe('the symbols of a venue', () => {
  test('tell the asset and the currency, in each quote of the venue, renamed ones too', () => {
    const cryptocom = indexSymbols(findConnector('cryptocom'))
    expect(cryptocom.get('1INCH_USDT')).toEqual({ asset: '1INCH', symbol: '1INCH_USDT', currency: 'USDT' })
    expect(cryptocom.get('POL_USD')).toEqual({ asset: 'POL', symbol: 'POL_USD', currency: 'USD' })
    expect(cryptocom.get('GRAM_USDT')).toEqual({ asset: 'TON', symbol: 'GRAM_USDT', currency: 'USDT' })
    expect(indexSymbols(findConnector('kraken')).get('XNO/USD')).toEqual({ asset: 'NANO', symbol: 'XNO/USD', currency: 'USD' })
  })

  test('are whole: one that only ends or begins like a known one is another', () => {
    const gemini = indexSymbols(findConnector('gemini'))
    expect(gemini.get('aaveusd')?.asset).toBe('AAVE')
    for (const symbol of ['AAVEUSD', 'xrpgusd', 'btcrlusd', 'usd', '']) expect(gemini.get(symbol), symbol).toBeUndefined()
  })

  test.each(defaultConnectors)('of $name differ for all known tickers', (connector) => {
    const plain = knownTickers.flatMap((asset) => connector.quotes.map((quote) => connector.toSymbol({ base: asset, quote })))
    expect(new Set(plain).size).toBe(plain.length)
    const index = indexSymbols(connector)
    for (const asset of knownTickers)
      for (const quote of connector.quotes) expect(index.get(connector.toSymbol({ base: asset, quote }))).toMatchObject({ asset, currency: quote })
  })
})

describe('a connector is found by its name', () => {
  test('in any case; an unknown one is refused with the known ones', () => {
    expect(findConnector('OKX').name).toBe('okx')
    expect(() => findConnector('nosuch')).toThrow(
      expect.objectContaining({
        code: 'TRN_SETTING_INVALID',
        message: expect.stringMatching(/nosuch.*coinbase, gemini, kraken, gateio, cryptocom, okx/) as string,
      }) as Error,
    )
  })
})
