import { isTrinityError } from '@trinity/core'
import { describe, expect, test } from 'vitest'
import { testConnector } from '../test-support/test-connector.fixture.ts'
import { addConnectors, defaultSet, tickersOf } from './connector-set.ts'
import { readAssetFile } from './settings/assets/asset-file.ts'

const alpha = testConnector({ name: 'alpha' })
const add = (...exported: readonly Record<string, unknown>[]): ReturnType<typeof addConnectors> =>
  addConnectors(exported.map((exports, i) => ({ name: `./module-${i + 1}.ts`, exports })))

function refusal(...exported: readonly Record<string, unknown>[]): string {
  try {
    add(...exported)
  } catch (error) {
    if (isTrinityError(error)) return `${error.code} ${error.message}`
    throw error
  }
  return 'taken'
}

describe('connectors of modules', () => {
  test('come after those of the server, with the assets that their modules name', () => {
    const beta = { ...testConnector({ name: 'beta' }), wireId: 201 }
    const set = add({ anyName: alpha, default: alpha, assets: ['BTC', 'NEWCOIN', 'BTC'], version: '1' }, { beta })
    expect(set.connectors).toEqual([...defaultSet.connectors, alpha, beta])
    expect(set.assets).toEqual({ ...defaultSet.assets, alpha: ['BTC', 'NEWCOIN'], beta: [] })
    expect(tickersOf(set)).toHaveLength(tickersOf(defaultSet).length + 1)
    expect(tickersOf(set)).toContain('NEWCOIN')
    expect(set.listed).toEqual({ ...defaultSet.listed, alpha: [], beta: [] })
    expect(set.warnings).toEqual([])
  })

  test('may have names of their own for assets, which hold at their venue alone', () => {
    const beta = { ...testConnector({ name: 'beta' }), wireId: 201 }
    const assetNames = { GRAM: ['TONCOIN'], LUNA: ['LUNA2'], LUNC: ['LUNA'], NEWCOIN: ['NEW', 'COIN'] }
    const { names } = add({ alpha, assetNames }, { beta, assetNames: { NEWCOIN: ['NC'] } })
    expect(names.namesAt('alpha', 'TON')).toEqual(['TONCOIN'])
    expect([names.assetAt('alpha', 'TONCOIN'), names.assetAt('alpha', 'LUNA'), names.assetAt('alpha', 'COIN')]).toEqual(['TON', 'LUNC', 'NEWCOIN'])
    expect([names.namesAt('beta', 'NEWCOIN'), names.assetAt('beta', 'LUNA')]).toEqual([['NC'], 'LUNA'])
    for (const asset of ['TON', 'LUNA', 'LUNC', 'NEWCOIN'])
      for (const { name } of defaultSet.connectors) expect(names.namesAt(name, asset)).toEqual(defaultSet.names.namesAt(name, asset))
    expect(names.successor('MATIC')).toBe('POL')
  })

  test('that call an asset by the name of another are taken with a warning, unless they say what the other one is called', () => {
    const beta = { ...testConnector({ name: 'beta' }), wireId: 201 }
    const said = 'TRINITY_CONNECTORS: ./module-1.ts exports assetNames by which'
    expect(add({ alpha, assetNames: { BTC: ['XBT', 'ETH'], NANOCOIN: ['NANO'], XNO: ['XNO'], NEWCOIN: ['NEW'] } }).warnings).toEqual([
      `${said} ETH is BTC; the asset table says that it is ETH.`,
    ])
    expect(add({ alpha, assetNames: { NANOCOIN: ['XNO'] } }).warnings).toEqual([`${said} XNO is NANOCOIN; the asset table says that it is NANO.`])
    const { warnings } = add({ alpha, assetNames: { LUNA: ['LUNA2'], LUNC: ['LUNA'] } }, { beta, assetNames: { GRAM: ['TON'] } })
    expect(warnings).toEqual([])
  })

  test('may have tickers of up to 15 characters, as the asset table', () => {
    const assets = ['A23456789012345']
    expect(add({ alpha, assets }).assets.alpha).toEqual(assets)
    expect(() => readAssetFile(JSON.stringify({ asOf: '2026', note: '', prewarmed: { alpha: assets }, assets: [] }))).not.toThrow()
  })

  test('of no module are those of the server', () => {
    expect(add()).toBe(defaultSet)
  })

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['nothing', {}, /exports no connector: an object with apiVersion/],
    ['functions and plain objects only', { make: () => alpha, options: { name: 'x' } }, /exports no connector/],
    ['two connectors', { alpha, beta: testConnector({ name: 'beta' }) }, /exports 2 connectors \(alpha, beta\)/],
    ['a name that is taken', { it: { ...alpha, name: 'kraken' } }, /has the name 'kraken', which is taken/],
    ['a wire number that is taken', { it: { ...alpha, wireId: 3 } }, /has the wireId 3, which kraken has already; 128 to 254 are free/],
    ['a source that is taken', { it: { ...alpha, sourceTag: 'okx-ws' } }, /has the sourceTag 'okx-ws', which okx has already/],
    ['the contract of before', { it: { ...alpha, apiVersion: 1 } }, /Connector 'alpha': apiVersion is 1, must be 2: .*assetNames/],
    ['another generation of the contract', { it: { ...alpha, apiVersion: 3 } }, /Connector 'alpha': apiVersion must be 2/],
    ['a wrong field', { it: { ...alpha, urls: ['http://alpha.test'] } }, /urls must be ws:\/\/ or wss:\/\/ addresses/],
    ['a missing function', { it: { ...alpha, toSymbol: undefined } }, /has no toSymbol function/],
    ['a missing title', { it: { ...alpha, title: undefined } }, /has no text as title/],
    ['missing limits', { it: { ...alpha, limits: undefined } }, /is not a whole connector \(.*undefined/],
    ['assets in lower case', { alpha, assets: ['btc'] }, /exports assets that are no list of upper-case tickers/],
    ['a ticker of 16 characters', { alpha, assets: ['A234567890123456'] }, /exports assets that are no list/],
    ['a name of 16 characters', { alpha, assetNames: { TON: ['A234567890123456'] } }, /exports assetNames that are no lists/],
    ['assets that are no list', { alpha, assets: 'BTC' }, /exports assets that are no list/],
    ['names in lower case', { alpha, assetNames: { TON: ['gram'] } }, /exports assetNames that are no lists of upper-case tickers/],
    ['names of an asset in lower case', { alpha, assetNames: { ton: ['GRAM'] } }, /exports assetNames that are no lists/],
    ['an asset without a name', { alpha, assetNames: { TON: [] } }, /exports assetNames that are no lists/],
    ['one name that is no list', { alpha, assetNames: { TON: 'GRAM' } }, /exports assetNames that are no lists/],
    ['names that belong to no asset', { alpha, assetNames: ['GRAM'] }, /exports assetNames that are no lists/],
    ['names that are nothing', { alpha, assetNames: null }, /exports assetNames that are no lists/],
    ['a name of two assets', { alpha, assetNames: { A: ['X'], B: ['Y', 'X'] } }, /assetNames that give the name X to A and to B/],
    ['a name twice', { alpha, assetNames: { A: ['X', 'X'] } }, /assetNames that give the name X to A and to A/],
    ['an asset under two names', { alpha, assetNames: { TON: ['X'], GRAM: ['Y'] } }, /assetNames with TON twice: GRAM is the same asset/],
  ])('are refused with one line for %s', (_what, exports, words) => {
    const told = refusal(exports)
    expect(told).toMatch(words)
    expect(told).toMatch(/^TRN_CONNECTOR_INVALID TRINITY_CONNECTORS: \.\/module-1\.ts:? [^\n]+\.$/)
  })

  test('are refused when two modules bring the same venue', () => {
    expect(refusal({ alpha }, { alpha })).toBe("TRN_CONNECTOR_INVALID TRINITY_CONNECTORS: ./module-2.ts has the name 'alpha', which is taken.")
  })
})
