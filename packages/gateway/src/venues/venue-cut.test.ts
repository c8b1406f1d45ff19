import { expect, test } from 'vitest'
import { cutForGood, restRequestsWhileAllIsWell } from '../../test-support/venue-cut.fixture.ts'
import { findConnector } from '../connectors.ts'

test('assets of a venue that is cut for good are answered by other venues after the freshness limit and 3 s', async () => {
  const { covered, unanswered } = await cutForGood(findConnector('kraken'), { seed: 1, forMs: 20_000 })
  expect(covered).toBeGreaterThanOrEqual(10)
  expect(unanswered).toEqual([])
})

test('callers of every asset cost no REST request while all venues are up', async () => {
  const without = await restRequestsWhileAllIsWell(1, 30_000, false)
  expect(without.length).toBeGreaterThan(0)
  expect(await restRequestsWhileAllIsWell(1, 30_000, true)).toEqual(without)
})
