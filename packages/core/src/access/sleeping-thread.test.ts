import { expect, test, vi } from 'vitest'
import { keyEntry, testPlan } from '../testing/access/key-entries.ts'
import { Gate, verdict } from './gate.ts'
import { KeyTable } from './key-table.ts'

test('a thread that slept between reading a cell and exchanging it gets nothing of a burst that others have taken meanwhile', () => {
  const burst = 2149
  const table = new KeyTable(1)
  // At one a second a microsecond is one unit.
  const row = table.put(keyEntry('k', { plan: testPlan(1, burst) }))
  const [sleeper, other] = [new Gate(table.buffer), new Gate(table.buffer)]
  // With the last request of the burst the lower word of the cell is what it was.
  const nowMs = (2 ** 32 - burst * 1_000_000) / 1000
  let admitted = 0
  const exchange = Atomics.compareExchange.bind(Atomics)
  const spy = vi.spyOn(Atomics, 'compareExchange').mockImplementationOnce((words, index, expected, replacement) => {
    while (other.admit(row, nowMs, 0) === verdict.admitted) admitted++
    return exchange(words, index, expected, replacement)
  })
  try {
    expect(sleeper.admit(row, nowMs, 0)).toBe(verdict.rateLimited)
  } finally {
    spy.mockRestore()
  }
  expect(admitted).toBe(burst)
})
