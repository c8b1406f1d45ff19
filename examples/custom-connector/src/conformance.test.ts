import { connectorChecks, fuzzConnector, readFixtures } from '@trinity/core/testing'
import { describe, expect, test } from 'vitest'
import { bitstamp } from './index.ts'

const fixtures = readFixtures(new URL('../fixtures/', import.meta.url))

describe('bitstamp conforms', () => {
  for (const { name, run } of connectorChecks(bitstamp, fixtures)) test(name, run)

  test('broken frames neither crash it nor show a wrong price', () => {
    expect(fuzzConnector(bitstamp, fixtures, { frames: 5000, seed: 1 })).toMatchObject({ crashes: [], badPrices: [] })
  })
})
