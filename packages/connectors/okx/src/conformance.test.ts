import { connectorChecks, fuzzConnector, readFixtures } from '@trinity/core/testing'
import { describe, expect, test } from 'vitest'
import { okx } from './index.ts'

const fixtures = readFixtures(new URL('../fixtures/', import.meta.url))

describe('okx conforms', () => {
  for (const { name, run } of connectorChecks(okx, fixtures)) test(name, run)

  test('broken frames neither crash it nor show a wrong price', () => {
    expect(fuzzConnector(okx, fixtures, { frames: 5000, seed: 1 })).toMatchObject({ crashes: [], badPrices: [] })
  })
})
