import { chooseSeed, fuzzConnector, readFixtures } from '@trinity/core/testing'
import { expect, test } from 'vitest'
import { okx } from './index.ts'

test('a million broken frames neither crash okx nor show a wrong price', { timeout: 1_800_000 }, () => {
  const seed = chooseSeed()
  const report = fuzzConnector(okx, readFixtures(new URL('../fixtures/', import.meta.url)), { frames: 1_000_000, seed })
  console.log(`okx, seed ${seed}: ${report.frames} frames, ${report.ticks} ticks, ${report.shown} prices shown`)
  expect(report).toMatchObject({ frames: 1_000_000, crashes: [], badPrices: [] })
  expect(report.shown).toBeGreaterThan(10_000)
})
