import { chooseSeed, fuzzConnector, readFixtures } from '@trinity/core/testing'
import { expect, test } from 'vitest'
import { coinbase } from './index.ts'

test('a million broken frames neither crash coinbase nor show a wrong price', { timeout: 1_800_000 }, () => {
  const seed = chooseSeed()
  const report = fuzzConnector(coinbase, readFixtures(new URL('../fixtures/', import.meta.url)), { frames: 1_000_000, seed })
  console.log(`coinbase, seed ${seed}: ${report.frames} frames, ${report.ticks} ticks, ${report.shown} prices shown`)
  expect(report).toMatchObject({ frames: 1_000_000, crashes: [], badPrices: [] })
  expect(report.shown).toBeGreaterThan(10_000)
})
