import { chooseSeed } from '@trinity/core/testing'
import { describe, expect, test } from 'vitest'
import { cutForGood, restRequestsWhileAllIsWell } from '../test-support/venue-cut.fixture.ts'
import { defaultConnectors } from './connectors.ts'

/** Seeds of each venue. */
const runs = 5

const forMs = 600_000

describe.each(defaultConnectors.map((connector) => [connector.name, connector] as const))('with %s cut for good', (name, connector) => {
  test('every asset of it that another venue lists in the same currency is answered after the freshness limit and 3 s, and stays so', async () => {
    const firstSeed = chooseSeed()
    for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
      const { covered, uncovered, unanswered } = await cutForGood(connector, { seed, forMs })
      console.log(`${name}, seed ${seed}: ${covered} assets have other venues, ${uncovered} have none; ${unanswered.length} unanswered`)
      expect(covered).toBeGreaterThan(0)
      expect(unanswered).toEqual([])
    }
  })
})

test('callers of every asset cost no REST request while all venues are up', async () => {
  const seed = chooseSeed()
  const [without, withCallers] = [await restRequestsWhileAllIsWell(seed, forMs, false), await restRequestsWhileAllIsWell(seed, forMs, true)]
  console.log(`seed ${seed}: ${without.length} REST requests without callers, ${withCallers.length} with callers`)
  expect(without.length).toBeGreaterThan(0)
  expect(withCallers).toEqual(without)
})
