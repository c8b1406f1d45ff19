import { readFileSync } from 'node:fs'
import { isPriceText, symbolCandidates } from '@trinity/core'
import { describe, expect, test } from 'vitest'
import { defaultConnectors, findConnector } from '../connectors.ts'
import { entryLines } from './assets/entry-lines.ts'
import { assetTable, knownTickers, prewarmedAssets } from './assets.ts'

const { names, rows, listed, about } = assetTable
const venues = defaultConnectors.map(({ name }) => name)
const everyAsset = [...new Set([...rows.map(({ asset }) => asset), ...knownTickers.map((ticker) => names.canonical(ticker))])]

describe('the prewarmed assets', () => {
  test('are 25 at each of the six venues, 149 tickers in all, with CRO alone at two', () => {
    expect(Object.keys(prewarmedAssets)).toEqual(venues)
    for (const [venue, assets] of Object.entries(prewarmedAssets)) expect(new Set(assets).size, venue).toBe(25)
    expect(knownTickers).toHaveLength(149)
    const all = Object.values(prewarmedAssets).flat()
    expect(all.filter((asset, i) => all.indexOf(asset) !== i)).toEqual(['CRO'])
    for (const asset of all) expect(asset).toMatch(/^[A-Z0-9]{1,15}$/)
  })

  test.each(defaultConnectors)('of $name are listed there in its first currency', ({ name, quotes: [quote] }) => {
    for (const ticker of prewarmedAssets[name] ?? []) expect(listed[name]).toContainEqual({ asset: names.canonical(ticker), quote })
  })

  test('are the names that assets go by; RNDR alone is prewarmed under another one', () => {
    expect(knownTickers.filter((ticker) => names.canonical(ticker) !== ticker)).toEqual(['RNDR'])
  })
})

describe('the asset table', () => {
  test('has one line for each entry, as its messages count on', () => {
    const text = readFileSync(new URL('assets.json', import.meta.url), 'utf8')
    const lines = entryLines(text)
    expect(lines).toHaveLength(rows.length)
    expect(lines).toEqual(rows.map((_row, i) => (lines[0] ?? 0) + i))
    for (const [i, { asset }] of rows.entries()) expect(text.split('\n')[(lines[i] ?? 0) - 1]).toContain(`{ "asset": "${asset}"`)
  })

  test('knows a price of every asset that it lists anywhere', () => {
    expect(Object.keys(listed)).toEqual(venues)
    for (const { asset } of Object.values(listed).flat()) expect(isPriceText(about.get(asset) ?? ''), asset).toBe(true)
  })

  test.each(defaultConnectors)('gives each symbol of $name one owner, in each of its currencies', (connector) => {
    const owners = new Map<string, string>()
    for (const asset of everyAsset) {
      for (const { symbol, base } of symbolCandidates(connector, names.namesAt(connector.name, asset))) {
        expect(owners.get(symbol) ?? asset, `${symbol} at ${connector.name}`).toBe(asset)
        owners.set(symbol, asset)
        expect(names.assetAt(connector.name, base)).toBe(asset)
      }
    }
    expect(owners.size).toBeGreaterThan(150)
    for (const { asset, quote } of listed[connector.name] ?? []) {
      expect(connector.quotes).toContain(quote)
      expect(names.namesAt(connector.name, asset), asset).not.toEqual([])
    }
  })

  test('lists nothing that was swapped away for good, save what a venue of ours still trades', () => {
    const swapped = Object.values(listed).flatMap((assets) =>
      assets.map(({ asset }) => asset).filter((asset) => names.successor(asset) !== undefined),
    )
    expect(swapped).toEqual(['CQT', 'REPV1'])
  })
})

describe('a rename is the same asset under both names', () => {
  test.each([
    ['TON', 'GRAM'],
    ['NANO', 'XNO'],
    ['RENDER', 'RNDR'],
    ['CGLD', 'CELO'],
    ['BTC', 'XBT'],
  ])('%s is %s', (asset, other) => {
    expect([names.canonical(asset), names.canonical(other)]).toEqual([asset, asset])
    expect(names.aliases(asset)).toContain(other)
    expect(names.successor(asset)).toBeUndefined()
    for (const venue of venues) {
      expect(names.namesAt(venue, asset)).toContain(other)
      for (const name of [asset, other]) expect(names.assetAt(venue, name)).toBe(asset)
    }
  })

  test.each([
    ['gemini', 'TON', ['GRAM', 'TON']],
    ['cryptocom', 'TON', ['GRAM', 'TON']],
    ['gateio', 'TON', ['GRAM', 'TON']],
    ['coinbase', 'TON', ['TON', 'GRAM']],
    ['okx', 'TON', ['TON', 'GRAM']],
    ['kraken', 'TON', ['TON', 'GRAM']],
    ['kraken', 'NANO', ['NANO', 'XNO']],
    ['gemini', 'RENDER', ['RNDR', 'RENDER']],
    ['coinbase', 'RENDER', ['RENDER', 'RNDR']],
    ['coinbase', 'CGLD', ['CGLD', 'CELO']],
    ['okx', 'CGLD', ['CELO', 'CGLD']],
  ])('%s may call %s %j', (venue, asset, expected) => {
    expect(names.namesAt(venue, asset)).toEqual(expected)
  })
})

test.each([
  ['MATIC', 'POL'],
  ['FTM', 'S'],
  ['EOS', 'A'],
  ['MKR', 'SKY'],
  ['CQT', 'CXT'],
  ['AGIX', 'FET'],
  ['KLAY', 'KAIA'],
  ['GAL', 'G'],
  ['MC', 'BEAM'],
])('%s was swapped into %s, which is another asset', (old, successor) => {
  expect(names.successor(old)).toBe(successor)
  expect([names.canonical(old), names.canonical(successor)]).toEqual([old, successor])
  expect([names.aliases(old), names.aliases(successor)]).toEqual([[], []])
  for (const venue of venues) expect(names.namesAt(venue, old)).toEqual([old])
})

test('OCEAN goes on beside FET, although many of its holders were swapped', () => {
  expect(names.successor('OCEAN')).toBeUndefined()
})

describe('two tokens under one ticker are told apart at each venue', () => {
  test('LUNA and LUNC', () => {
    const kraken = findConnector('kraken')
    const symbols = (asset: string): readonly string[] => symbolCandidates(kraken, names.namesAt('kraken', asset)).map(({ symbol }) => symbol)
    expect([symbols('LUNA'), symbols('LUNC')]).toEqual([['LUNA2/USD'], ['LUNA/USD']])
    for (const venue of venues.filter((name) => name !== 'kraken'))
      expect([names.assetAt(venue, 'LUNA'), names.assetAt(venue, 'LUNC')]).toEqual(['LUNA', 'LUNC'])
  })

  test.each([
    ['kraken', 'LUNA', 'LUNC'],
    ['kraken', 'LUNA2', 'LUNA'],
    ['kraken', 'UST', 'USTC'],
    ['kraken', 'REP', 'REPV1'],
    ['kraken', 'REPV2', 'REP'],
    ['coinbase', 'VELO', 'VELODROME'],
    ['coinbase', 'ZETACHAIN', 'ZETA'],
    ['coinbase', 'CORECHAIN', 'CORE'],
    ['coinbase', 'JUPITER', 'JUP'],
    ['coinbase', 'MANTLE', 'MNT'],
    ['gateio', 'BIFI', 'BITCOINFILE'],
    ['gateio', 'MPH', 'MORPHER'],
    ['gateio', '88MPH', 'MPH'],
    ['gateio', 'BEAM', 'BEAMMW'],
    ['gateio', 'BEAMX', 'BEAM'],
  ])('%s calls %s what is %s', (venue, name, asset) => {
    expect(names.assetAt(venue, name)).toBe(asset)
    expect(names.namesAt(venue, asset)).toEqual([name])
    if (names.canonical(name) !== asset) expect(names.namesAt(venue, name)).not.toContain(name)
  })
})

test('currencies are read at the venue that trades them, and not where their market is closed', () => {
  for (const asset of ['USDT', 'USDC', 'EUR', 'GBP']) expect(listed.kraken).toContainEqual({ asset, quote: 'USD' })
  const atGemini = (listed.gemini ?? []).map(({ asset }) => asset)
  for (const closed of ['EUR', 'MATIC', 'FTM']) expect(atGemini).not.toContain(closed)
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
