import { isTrinityError } from '@trinity/core'
import { describe, expect, test } from 'vitest'
import { testConnector } from '../test-support/test-connector.fixture.ts'
import { addConnectors, defaultSet, tickersOf } from './connector-set.ts'

const alpha = testConnector({ name: 'alpha' })
const add = (...exported: readonly Record<string, unknown>[]): ReturnType<typeof addConnectors> =>
  addConnectors(
    defaultSet,
    exported.map((exports, i) => ({ name: `./module-${i + 1}.ts`, exports })),
  )

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
  })

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['nothing', {}, /exports no connector: an object with apiVersion/],
    ['functions and plain objects only', { make: () => alpha, options: { name: 'x' } }, /exports no connector/],
    ['two connectors', { alpha, beta: testConnector({ name: 'beta' }) }, /exports 2 connectors \(alpha, beta\)/],
    ['a name that is taken', { it: { ...alpha, name: 'kraken' } }, /has the name 'kraken', which is taken/],
    ['a wire number that is taken', { it: { ...alpha, wireId: 3 } }, /has the wireId 3, which kraken has already; 128 to 254 are free/],
    ['a source that is taken', { it: { ...alpha, sourceTag: 'okx-ws' } }, /has the sourceTag 'okx-ws', which okx has already/],
    ['another generation of the contract', { it: { ...alpha, apiVersion: 2 } }, /Connector 'alpha': apiVersion must be 1/],
    ['a wrong field', { it: { ...alpha, urls: ['http://alpha.test'] } }, /urls must be ws:\/\/ or wss:\/\/ addresses/],
    ['a missing function', { it: { ...alpha, toSymbol: undefined } }, /has no toSymbol function/],
    ['a missing title', { it: { ...alpha, title: undefined } }, /has no text as title/],
    ['missing limits', { it: { ...alpha, limits: undefined } }, /is not a whole connector \(.*undefined/],
    ['assets in lower case', { alpha, assets: ['btc'] }, /exports assets that are no list of upper-case tickers/],
    ['assets that are no list', { alpha, assets: 'BTC' }, /exports assets that are no list/],
  ])('are refused with one line for %s', (_what, exports, words) => {
    const told = refusal(exports)
    expect(told).toMatch(words)
    expect(told).toMatch(/^TRN_CONNECTOR_INVALID TRINITY_CONNECTORS: \.\/module-1\.ts:? [^\n]+\.$/)
  })

  test('are refused when two modules bring the same venue', () => {
    expect(refusal({ alpha }, { alpha })).toBe("TRN_CONNECTOR_INVALID TRINITY_CONNECTORS: ./module-2.ts has the name 'alpha', which is taken.")
  })
})
