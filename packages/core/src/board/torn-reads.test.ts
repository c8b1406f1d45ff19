import { expect, test } from 'vitest'
import { runTornReads } from '../testing/board/run-torn-reads.ts'

test('reads in other threads are never torn while the board is written at full speed', { timeout: 60_000 }, async () => {
  const reports = await runTornReads(2, 100_000, 5000)
  for (const { role, torn, example, changes } of reports) {
    expect([torn, example]).toEqual([0, ''])
    if (role === 'reader') expect(changes).toBeGreaterThanOrEqual(5000)
  }
})
