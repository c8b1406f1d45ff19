import { describe, expect, test } from 'vitest'
import { isTrinityError } from '../errors.ts'
import { chooseSeed, seededRandom } from '../testing/seeded-random.ts'
import { AssetNames, type AssetRow, plainNames } from './asset-names.ts'

const rows: readonly AssetRow[] = [
  { asset: 'TON', aliases: ['GRAM'], names: { cryptocom: ['GRAM', 'TON'] } },
  { asset: 'LUNA', names: { kraken: ['LUNA2'] } },
  { asset: 'LUNC', names: { kraken: ['LUNA'] } },
  { asset: 'MATIC', successor: 'POL' },
  { asset: 'OLD', aliases: ['OLDER'], successor: 'MATIC' },
]
const names = new AssetNames(rows)

describe('a renamed asset', () => {
  test.each(['TON', 'GRAM'])('is the same whoever asks for %s, and each venue keeps its own name', (name) => {
    expect(names.canonical(name)).toBe('TON')
    expect(names.aliases(name)).toEqual(['GRAM'])
    expect(names.namesAt('cryptocom', name)).toEqual(['GRAM', 'TON'])
    expect(names.namesAt('okx', name)).toEqual(['TON', 'GRAM'])
    for (const venue of ['cryptocom', 'okx']) expect(names.assetAt(venue, name)).toBe('TON')
  })
})

describe('two tokens under one ticker', () => {
  test('are told apart at the venue that uses it for the other one', () => {
    expect([names.assetAt('kraken', 'LUNA'), names.assetAt('kraken', 'LUNA2')]).toEqual(['LUNC', 'LUNA'])
    expect([names.namesAt('kraken', 'LUNA'), names.namesAt('kraken', 'LUNC')]).toEqual([['LUNA2'], ['LUNA']])
    expect([names.assetAt('okx', 'LUNA'), names.assetAt('okx', 'LUNC')]).toEqual(['LUNA', 'LUNC'])
    expect([names.namesAt('okx', 'LUNA'), names.namesAt('okx', 'LUNC')]).toEqual([['LUNA'], ['LUNC']])
    expect([names.canonical('LUNA'), names.canonical('LUNC')]).toEqual(['LUNA', 'LUNC'])
  })

  test('leave the one that has no other name there without any', () => {
    const table = new AssetNames([
      { asset: 'BITCOINFILE', names: { gateio: ['BIFI'] } },
      { asset: 'MAGIC' },
      { asset: 'KNOWN', names: { gateio: ['MAGIC'] } },
    ])
    expect([table.namesAt('gateio', 'BIFI'), table.namesAt('gateio', 'MAGIC')]).toEqual([[], []])
    expect([table.namesAt('okx', 'BIFI'), table.namesAt('okx', 'MAGIC')]).toEqual([['BIFI'], ['MAGIC']])
  })
})

test('a swap into a new token names the new one and nothing else', () => {
  expect([names.successor('MATIC'), names.successor('OLDER'), names.successor('POL'), names.successor('TON')]).toEqual([
    'POL',
    'MATIC',
    undefined,
    undefined,
  ])
  expect([...names.successors()]).toEqual([
    ['MATIC', 'POL'],
    ['OLD', 'MATIC'],
    ['OLDER', 'MATIC'],
  ])
  expect(names.canonical('MATIC')).toBe('MATIC')
  expect([names.namesAt('kraken', 'MATIC'), names.namesAt('kraken', 'POL')]).toEqual([['MATIC'], ['POL']])
  expect([names.aliases('POL'), names.aliases('MATIC')]).toEqual([[], []])
})

test.each(['BTC', 'constructor', '__proto__'])('%s, which the table does not know, is its own name everywhere', (name) => {
  for (const table of [names, plainNames]) {
    expect([table.canonical(name), table.assetAt('kraken', name)]).toEqual([name, name])
    expect([table.aliases(name), table.namesAt('kraken', name), table.successor(name)]).toEqual([[], [name], undefined])
  }
})

describe('a table that contradicts itself is refused with the row', () => {
  const refusal = (...broken: readonly AssetRow[]): string => {
    try {
      new AssetNames([{ asset: 'BTC' }, ...broken], (index) => `line ${index + 10}`)
    } catch (error) {
      if (isTrinityError(error)) return `${error.code} ${error.message}`
      throw error
    }
    return 'taken'
  }
  const start = 'TRN_SETTING_INVALID Asset table,'

  test.each<[string, readonly AssetRow[], string]>([
    ['an asset twice', [{ asset: 'BTC' }], 'line 11 (BTC): the name BTC belongs to line 10 (BTC).'],
    ['an alias that is an asset', [{ asset: 'XBT', aliases: ['BTC'] }], 'line 11 (XBT): the name BTC belongs to line 10 (BTC).'],
    [
      'an alias of two assets',
      [
        { asset: 'A', aliases: ['C'] },
        { asset: 'B', aliases: ['C'] },
      ],
      'line 12 (B): the name C belongs to line 11 (A).',
    ],
    ['an alias of itself', [{ asset: 'A', aliases: ['A'] }], 'line 11 (A): the name A stands twice.'],
    [
      'a name of two assets at one venue',
      [
        { asset: 'A', names: { okx: ['X', 'Y'] } },
        { asset: 'B', names: { gate: ['Y'], okx: ['Z', 'Y'] } },
      ],
      'line 12 (B): the name Y at okx belongs to line 11 (A).',
    ],
    ['a name twice at one venue', [{ asset: 'A', names: { okx: ['X', 'X'] } }], 'line 11 (A): the name X at okx stands twice.'],
    ['an asset that succeeds itself', [{ asset: 'A', successor: 'A' }], 'line 11 (A): it is its own successor: A → A.'],
    ['an alias as successor', [{ asset: 'A', aliases: ['B'], successor: 'B' }], 'line 11 (A): it is its own successor: A → B.'],
    [
      'successors in a circle',
      [
        { asset: 'IN', successor: 'A' },
        { asset: 'A', successor: 'B' },
        { asset: 'B', aliases: ['B2'], successor: 'C' },
        { asset: 'C', successor: 'A' },
      ],
      'line 12 (A): it is its own successor: A → B → C → A.',
    ],
  ])('%s', (_what, broken, words) => {
    expect(refusal(...broken)).toBe(`${start} ${words}`)
  })

  test('counted from 1 where nobody says what rows are called', () => {
    expect(() => new AssetNames([{ asset: 'A' }, { asset: 'A' }])).toThrow('Asset table, row 2 (A): the name A belongs to row 1 (A).')
  })
})

const seed = chooseSeed()
test(`random tables give each name at each venue one owner (TRINITY_SEED=${seed})`, () => {
  const random = seededRandom(seed)
  const venues = ['alpha', 'beta']
  const tickers = Array.from({ length: 14 }, (_, i) => `T${i}`)
  const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? ''
  let sound = 0
  for (let run = 0; run < 400; run++) {
    const table = Array.from({ length: 1 + Math.floor(random() * 5) }, (): AssetRow => {
      const aliases = random() < 0.4 ? [pick(tickers)] : []
      const own = venues.filter(() => random() < 0.4).map((venue) => [venue, [pick(tickers), ...(random() < 0.3 ? [pick(tickers)] : [])]] as const)
      return { asset: pick(tickers), aliases, names: Object.fromEntries(own), ...(random() < 0.2 ? { successor: pick(tickers) } : {}) }
    })
    let built: AssetNames
    try {
      built = new AssetNames(table)
    } catch (error) {
      expect(isTrinityError(error) && error.message).toMatch(/row \d+ \(T\d+\)/)
      continue
    }
    sound++
    checkTable(built, [...venues, 'gamma'], tickers)
    for (const { asset, names: own = {} } of table) for (const venue of Object.keys(own)) expect(built.namesAt(venue, asset)).toEqual(own[venue])
  }
  expect(sound).toBeGreaterThan(40)
})

function checkTable(table: AssetNames, venues: readonly string[], tickers: readonly string[]): void {
  for (const name of tickers) {
    const asset = table.canonical(name)
    expect(table.canonical(asset)).toBe(asset)
    expect([asset, ...table.aliases(name)]).toContain(name)
    expect(table.successor(asset)).not.toBe(asset)
    for (const venue of venues) {
      const here = table.namesAt(venue, name)
      expect(here).toEqual(table.namesAt(venue, asset))
      for (const own of here) expect(table.assetAt(venue, own)).toBe(asset)
      const owner = table.assetAt(venue, name)
      expect(table.canonical(owner)).toBe(owner)
    }
  }
}
