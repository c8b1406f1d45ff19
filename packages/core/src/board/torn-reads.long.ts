import { expect, test } from 'vitest'
import { runTornReads } from '../testing/board/run-torn-reads.ts'

test('of ten million reads in other threads none is torn while the board is written at full speed', { timeout: 1_800_000 }, async () => {
  const startedAt = performance.now()
  const reports = await runTornReads(2, 5_500_000, 100_000)
  for (const { role, count, torn, missed, changes } of reports)
    console.log(`${role}: ${count} done, ${torn} torn, ${missed} given up, ${changes} changes seen`)
  console.log(`${Math.round(performance.now() - startedAt)} ms`)
  const readers = reports.filter(({ role }) => role === 'reader')
  expect(readers.reduce((sum, { count, missed }) => sum + count - missed, 0)).toBeGreaterThanOrEqual(10_000_000)
  for (const { torn, example, changes } of readers) {
    expect([torn, example]).toEqual([0, ''])
    expect(changes).toBeGreaterThanOrEqual(100_000)
  }
})
