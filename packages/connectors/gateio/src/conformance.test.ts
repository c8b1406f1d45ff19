import { connectorChecks, fuzzConnector, readFixtures } from '@trinity/core/testing'
import { describe, expect, test } from 'vitest'
import { gateio } from './index.ts'

const fixtures = readFixtures(new URL('../fixtures/', import.meta.url))

describe('gateio conforms', () => {
  for (const { name, run } of connectorChecks(gateio, fixtures)) test(name, run)

  test('broken frames neither crash it nor show a wrong price', () => {
    expect(fuzzConnector(gateio, fixtures, { frames: 5000, seed: 1 })).toMatchObject({ crashes: [], badPrices: [] })
  })
})
