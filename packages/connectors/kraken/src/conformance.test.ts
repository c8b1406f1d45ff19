import { connectorChecks, fuzzConnector, readFixtures } from '@trinity/core/testing'
import { describe, expect, test } from 'vitest'
import { kraken } from './index.ts'

const fixtures = readFixtures(new URL('../fixtures/', import.meta.url))
const { rest: oldRest } = readFixtures(new URL('../fixtures/old-names/', import.meta.url))
const olderChecks = connectorChecks(kraken, oldRest === undefined ? fixtures : { ...fixtures, rest: oldRest }).filter(({ name }) =>
  name.startsWith('rest:'),
)

describe('kraken conforms', () => {
  for (const { name, run } of connectorChecks(kraken, fixtures)) test(name, run)

  for (const { name, run } of olderChecks) test(`older names: ${name}`, run)
  test('there are checks of the older names', () => expect(olderChecks.length).toBeGreaterThan(3))

  test('broken frames neither crash it nor show a wrong price', () => {
    expect(fuzzConnector(kraken, fixtures, { frames: 5000, seed: 1 })).toMatchObject({ crashes: [], badPrices: [] })
  })
})
