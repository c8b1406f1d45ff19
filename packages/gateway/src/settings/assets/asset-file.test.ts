import { isTrinityError } from '@trinity/core'
import { describe, expect, test } from 'vitest'
import { readAssetFile } from './asset-file.ts'

/** A file with these entries, the first on line 7. */
const fileText = (...entries: readonly string[]): string => `{
  "asOf": "2026-09-27",
  "note": "made up",
  "prewarmed": { "kraken": ["TON"], "okx": ["BTC", "TON"] },

  "assets": [
    ${entries.join(',\n    ')}
  ]
}`

function refusal(text: string): string {
  try {
    readAssetFile(text, 'table.json')
  } catch (error) {
    if (isTrinityError(error)) return `${error.code} ${error.message}`
    throw error
  }
  return 'taken'
}

test('an asset table says what is prewarmed, what is listed where, what it is called, and about what it costs', () => {
  const table = readAssetFile(
    fileText(
      '{ "asset": "BTC", "listed": { "USD": ["kraken"], "USDT": ["okx"] }, "about": "65000" }',
      '{ "asset": "TON", "aliases": ["GRAM"], "names": { "okx": ["GRAM"] }, "listed": { "USDT": ["okx"] }, "since": "2026-06-15", "note": "renamed" }',
      '{ "asset": "MATIC", "successor": "POL" }',
    ),
  )
  expect(table.prewarmed).toEqual({ kraken: ['TON'], okx: ['BTC', 'TON'] })
  expect(table.listed).toEqual({
    kraken: [{ asset: 'BTC', quote: 'USD' }],
    okx: [
      { asset: 'BTC', quote: 'USDT' },
      { asset: 'TON', quote: 'USDT' },
    ],
  })
  expect([table.names.canonical('GRAM'), table.names.namesAt('okx', 'TON'), table.names.successor('MATIC')]).toEqual(['TON', ['GRAM'], 'POL'])
  expect([...table.about]).toEqual([['BTC', '65000']])
})

describe('a broken asset table is refused in one line that names the line of the file', () => {
  const ton = '{ "asset": "TON", "aliases": ["GRAM"], "names": { "okx": ["GRAM"] } }'
  const start = 'TRN_SETTING_INVALID Asset table, line'

  test.each<[string, readonly string[], string]>([
    [
      'an asset with two entries',
      [ton, '{ "asset": "BTC" }', '{ "asset": "TON" }'],
      `9 of table.json (TON): the name TON belongs to line 7 of table.json (TON).`,
    ],
    [
      'an alias with two owners',
      [ton, '{ "asset": "X", "aliases": ["GRAM"] }'],
      '8 of table.json (X): the name GRAM belongs to line 7 of table.json (TON).',
    ],
    [
      'a symbol with two owners at a venue',
      [ton, '{ "asset": "X", "names": { "okx": ["GRAM"] } }'],
      '8 of table.json (X): the name GRAM at okx belongs to line 7 of table.json (TON).',
    ],
    ['an asset that is its own alias', ['{ "asset": "X", "aliases": ["X"] }'], '7 of table.json (X): the name X stands twice.'],
    [
      'successors in a circle',
      ['{ "asset": "A", "successor": "B" }', '{ "asset": "B", "successor": "A" }'],
      '7 of table.json (A): it is its own successor: A → B → A.',
    ],
    ['a name in lower case', [ton, '{ "asset": "btc" }'], '8 of table.json: asset: must be an upper-case ticker.'],
    [
      'a name of a venue in lower case',
      ['{ "asset": "X", "names": { "okx": ["Y", "z"] } }'],
      '7 of table.json: names.okx.1: must be an upper-case ticker.',
    ],
    ['an entry without an asset', [ton, '{ "aliases": ["X"] }'], '8 of table.json: asset: Invalid input: expected string, received undefined.'],
    ['a field that there is not', ['{ "asset": "X", "alias": ["Y"] }'], '7 of table.json: Unrecognized key: "alias".'],
    ['no names', ['{ "asset": "X", "names": { "okx": [] } }'], '7 of table.json: names.okx: Too small: expected array to have >=1 items.'],
    ['a price that is none', ['{ "asset": "X", "about": "0.0" }'], '7 of table.json: about: must be a price.'],
    [
      'a date that is none',
      ['{ "asset": "X", "since": "June 2026" }'],
      '7 of table.json: since: must be a date such as 2026, 2026-06 or 2026-06-15.',
    ],
    [
      'a venue that there is not',
      ['{ "asset": "X", "names": { "krakn": ["Y"] } }'],
      "7 of table.json (X): there is no venue 'krakn'; known are kraken, okx.",
    ],
    [
      'a listing at a venue that there is not',
      ['{ "asset": "X", "listed": { "USD": ["ok"] } }'],
      "7 of table.json (X): there is no venue 'ok'; known are kraken, okx.",
    ],
    ['a listing twice', ['{ "asset": "X", "listed": { "USD": ["okx", "okx"] } }'], '7 of table.json (X): it is listed twice at okx in USD.'],
    ['an entry that is none', [ton, '"X"'], '8 of table.json: Invalid input: expected object, received string.'],
  ])('%s', (_what, entries, words) => {
    expect(refusal(fileText(...entries))).toBe(`${start} ${words}`)
  })

  test('text that is no JSON', () => {
    expect(refusal(fileText('{ "asset": "X" }', '{ "asset": }'))).toMatch(
      /^TRN_SETTING_INVALID Asset table, line 8 of table\.json is no JSON: SyntaxError: Unexpected token [^\n]*\.$/,
    )
    expect(refusal('<html>')).toMatch(/^TRN_SETTING_INVALID Asset table, table\.json is no JSON: [^\n]*\.$/)
  })

  test('a whole of another shape', () => {
    expect(refusal('[]')).toMatch(/^TRN_SETTING_INVALID Asset table, table\.json: Invalid input: [^\n]+\.$/)
    expect(refusal('{"asOf":"2026","note":"","prewarmed":{"okx":["btc"]},"assets":[]}')).toBe(
      'TRN_SETTING_INVALID Asset table, table.json: prewarmed.okx.0: must be an upper-case ticker.',
    )
  })
})
