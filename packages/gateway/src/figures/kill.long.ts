import { expect, test } from 'vitest'
import { cutAtDeath, killWorkers } from '../../test-support/load/kills.fixture.ts'

test.each([2, 3, 4])('of %i workers one after another is killed under load: requests go on, nothing is lost, the limit holds', async (workers) => {
  const report = await killWorkers({ workers, kills: 6, everyMs: 2000 })
  const { seen, counted, lost, longestGapMs, limited, kills, alive } = report
  console.log(
    `${workers} workers, ${kills} kills: callers saw ${seen}, counted ${counted} (${counted - seen} cut off), ${lost} without answer; ` +
      `longest silence ${longestGapMs.http.toFixed(0)} ms over HTTP, ${longestGapMs.udp.toFixed(0)} ms over UDP; ` +
      `limited key: counted ${limited.counted}, seen ${limited.seen}, allowed ${limited.allowed}`,
  )
  expect(counted).toBeGreaterThanOrEqual(seen)
  expect(counted - seen).toBeLessThanOrEqual(kills * cutAtDeath)
  expect(limited.counted).toBeGreaterThanOrEqual(limited.seen)
  expect(limited.counted).toBeLessThanOrEqual(limited.allowed)
  expect(limited.counted).toBeGreaterThanOrEqual(0.9 * limited.allowed)
  expect(Math.max(longestGapMs.http, longestGapMs.udp)).toBeLessThan(1000)
  expect(alive).toBe(workers)
})
