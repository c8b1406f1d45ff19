import { describe, expect, test } from 'vitest'
import { compareLimiters } from '../testing/access/compare-limiters.ts'
import { keyEntry, testPlan } from '../testing/access/key-entries.ts'
import { chooseSeed, seededRandom } from '../testing/seeded-random.ts'
import { Gate, verdict } from './gate.ts'
import { KeyTable } from './key-table.ts'
import { type Plan, plans } from './plan.ts'

const seed = chooseSeed()
const day = 86_400_000
const noon = Date.UTC(2026, 10, 22, 12)

function openGate(plan: Plan): {
  gate: Gate
  row: number
  table: KeyTable
  admit(atMs: number, nowMs?: number): number
  empty(atMs: number): number
} {
  const table = new KeyTable(4)
  const row = table.put(keyEntry('k', { plan }))
  const gate = new Gate(table.buffer)
  const admit = (atMs: number, nowMs = noon): number => gate.admit(row, atMs, nowMs)
  const empty = (atMs: number): number => {
    let admitted = 0
    while (admit(atMs) === verdict.admitted) admitted++
    return admitted
  }
  return { gate, row, table, admit, empty }
}

test.each([
  ['a rate', testPlan(1, 3)],
  ['a month', { ...plans.partner, monthlyQueries: 3 }],
  ['both', { ...testPlan(1, 3), monthlyQueries: 3 }],
])('a look says what a request would be told, and takes nothing: %s', (_, plan) => {
  const { gate, row, admit } = openGate(plan)
  const state = (): readonly number[] => [gate.remaining, gate.resetMs, gate.retryAfterMs, gate.monthRemaining, gate.monthResetMs]
  for (let taken = 0; taken < 3; taken++) {
    for (let looks = 0; looks < 5; looks++) expect(gate.look(row, 5000, noon)).toBe(verdict.admitted)
    const before = state()
    expect(admit(5000)).toBe(verdict.admitted)
    expect(state()).not.toEqual(before)
    const after = state()
    if (taken < 2) expect([gate.look(row, 5000, noon), state()]).toEqual([verdict.admitted, after])
  }
  const refused = [admit(5000), state()]
  expect(refused[0]).not.toBe(verdict.admitted)
  expect([gate.look(row, 5000, noon), state()]).toEqual(refused)
})

describe('the rate', () => {
  test('is judged as by the exact oracle', () => {
    const { disagreements, example, admitted } = compareLimiters(100_000, seededRandom(seed))
    expect([disagreements, example], `TRINITY_SEED=${seed}`).toEqual([0, ''])
    expect(admitted).toBeGreaterThan(30_000)
  })

  test('admits the burst at once and then one request per interval', () => {
    const { gate, admit, empty } = openGate(plans.pro)
    expect(empty(5000)).toBe(20)
    expect([gate.remaining, gate.retryAfterMs, gate.resetMs]).toEqual([0, 100, 2000])
    expect([admit(5099.999), admit(5100), admit(5100)]).toEqual([verdict.rateLimited, verdict.admitted, verdict.rateLimited])
    expect(admit(7099)).toBe(verdict.admitted)
    expect([gate.remaining, gate.retryAfterMs, gate.resetMs]).toEqual([18, 0, 101])
  })

  test.each([1, 3, 7, 10, 333, 1000, 7919, 28_979, 1_000_000])('at %i a second tells the millisecond from which a retry is admitted', (rate) => {
    const random = seededRandom(seed)
    for (let i = 0; i < 300; i++) {
      const burst = 1 + Math.floor(random() * 8)
      const { gate, row, empty, table } = openGate(testPlan(rate, burst))
      const twin = table.put(keyEntry('twin', { plan: testPlan(rate, burst) }))
      const atMs = Math.floor(random() * 1e12) / 1000
      expect(empty(atMs)).toBe(burst)
      for (let j = 0; j < burst; j++) gate.admit(twin, atMs, noon)
      expect(gate.admit(row, atMs, noon)).toBe(verdict.rateLimited)
      const { retryAfterMs } = gate
      expect(retryAfterMs).toBeGreaterThanOrEqual(1)
      const words = `${rate} a second, burst ${burst}, ${atMs} ms, TRINITY_SEED=${seed}`
      if (retryAfterMs > 1) expect(gate.admit(row, atMs + retryAfterMs - 1, noon), words).toBe(verdict.rateLimited)
      expect(gate.admit(twin, atMs + retryAfterMs, noon), words).toBe(verdict.admitted)
    }
  })

  test.each([1, 100_000])('at %i a second has its whole burst after any idle time, also where 32 bits would have wrapped', (rate) => {
    const { admit, empty } = openGate(testPlan(rate, 5))
    let atMs = 1000
    const wrapMs = 2 ** 32 / 1000
    const idle = [
      3_600_000,
      day,
      9 * day,
      49 * day,
      wrapMs,
      wrapMs + 1,
      2 * wrapMs - 1,
      (2 ** 32 * 1000) / (256 * rate),
      (2 ** 31 * 1000) / (256 * rate),
    ]
    for (const idleMs of idle) {
      expect(empty(atMs)).toBe(5)
      atMs += Math.max(idleMs, 5000)
    }
    for (let i = 0; i < 2000; i++) {
      atMs += 5000 + seededRandom(i)() * day
      expect(empty(atMs)).toBe(5)
      expect(admit(atMs)).toBe(verdict.rateLimited)
    }
  })

  test('does not see the wall clock', () => {
    const { admit, empty } = openGate(plans.unlimited)
    expect(empty(1000)).toBe(200)
    for (const stepMs of [3_600_000, -3_600_000, 40 * day, -40 * day]) expect(admit(1000, noon + stepMs)).toBe(verdict.rateLimited)
    expect(admit(1010, noon - 3_600_000)).toBe(verdict.admitted)
  })

  test('gives nothing to a thread that slept between reading the clock and asking', () => {
    const { admit, empty } = openGate(testPlan(100, 10))
    expect(empty(10_000)).toBe(10)
    for (const lateMs of [1, 100, 5000, 9999]) expect(admit(10_000 - lateMs)).toBe(verdict.rateLimited)
    expect([admit(10_009.999), admit(10_010)]).toEqual([verdict.rateLimited, verdict.admitted])
  })

  test('is not shut by an arrival that no plan and no clock of ours can have left', () => {
    const { admit, empty } = openGate(testPlan(100, 10))
    expect(empty(9_000_000)).toBe(10)
    expect([admit(9_000_000 - 59_000), admit(9_000_000 - 61_000)]).toEqual([verdict.rateLimited, verdict.admitted])
  })

  test('without limits admits all and counts nothing', () => {
    const { gate, admit } = openGate(plans.partner)
    for (let i = 0; i < 10_000; i++) expect(admit(1)).toBe(verdict.admitted)
    expect([gate.remaining, gate.resetMs, gate.monthRemaining, gate.monthResetMs, gate.retryAfterMs]).toEqual([-1, 0, -1, 0, 0])
  })
})

describe('the quota', () => {
  const plan = testPlan(1000, 1000, 3)

  test('is the month’s, in UTC', () => {
    const { gate, admit } = openGate(plan)
    const turn = Date.UTC(2027, 0, 1)
    expect([admit(1, turn - 3), admit(2, turn - 2), admit(3, turn - 1)]).toEqual([0, 0, 0])
    expect([gate.monthRemaining, gate.monthResetMs]).toEqual([0, 1])
    expect([admit(4, turn - 1), gate.retryAfterMs, gate.monthResetMs]).toEqual([verdict.quotaExceeded, 1, 1])
    expect([admit(5, turn), gate.monthRemaining, gate.monthResetMs]).toEqual([verdict.admitted, 2, 31 * day])
  })

  test('of a month that has turned is not given again to who still lives in the old one', () => {
    const { admit } = openGate(plan)
    const turn = Date.UTC(2026, 11, 1)
    const times = [turn - 1, turn, turn - 1, turn, turn - 1, turn]
    expect(times.map((nowMs, index) => admit(index, nowMs))).toEqual([0, 0, 0, 0, verdict.quotaExceeded, verdict.quotaExceeded])
  })

  test('ends with the month that the clock shows, also when that was set back into the month before', () => {
    const { gate, admit } = openGate(plan)
    const turn = Date.UTC(2026, 11, 1)
    const resetsIn = (nowMs: number): number => {
      admit(1, nowMs)
      return gate.monthResetMs
    }
    expect([turn - 1, turn, turn - 1, turn + day].map(resetsIn)).toEqual([1, 31 * day, 1, 30 * day])
  })

  test('is whole again after any number of months', () => {
    for (const months of [1, 2, 12, 120, 200]) {
      const { admit } = openGate(plan)
      const later = Date.UTC(2026, 10 + months)
      expect([1, 2, 3, 4].map((atMs) => admit(atMs))).toEqual([0, 0, 0, verdict.quotaExceeded])
      expect([5, 6, 7, 8].map((atMs) => admit(atMs, later))).toEqual([0, 0, 0, verdict.quotaExceeded])
    }
  })

  test('counts without a rate too', () => {
    const { admit, gate } = openGate(testPlan(null, null, 2))
    expect([admit(1), admit(1), admit(1)]).toEqual([0, 0, verdict.quotaExceeded])
    expect([gate.remaining, gate.monthRemaining]).toEqual([-1, 0])
  })
})

describe('a refused request takes nothing', () => {
  test('of the quota, when the rate refuses', () => {
    const { admit, gate } = openGate(testPlan(1, 1, 10))
    expect(admit(1000)).toBe(verdict.admitted)
    for (let i = 0; i < 50; i++) expect(admit(1000 + i)).toBe(verdict.rateLimited)
    expect([gate.monthRemaining, admit(2000), gate.monthRemaining]).toEqual([9, verdict.admitted, 8])
  })

  test('of the rate, when the quota refuses; a rate that refuses too is told first', () => {
    const { admit, gate } = openGate(testPlan(1, 4, 3))
    expect([admit(1000), admit(1000), admit(1000)]).toEqual([0, 0, 0])
    for (let i = 0; i < 50; i++) expect([admit(1000), gate.remaining]).toEqual([verdict.quotaExceeded, 1])
    expect(admit(1000, noon + 31 * day)).toBe(verdict.admitted)
    expect(admit(1000, noon + 31 * day)).toBe(verdict.rateLimited)
  })
})

describe('the row', () => {
  test('of a revoked key and one that no key has are refused', () => {
    const { admit, table, row, gate } = openGate(plans.pro)
    table.revoke(row)
    expect([admit(1), gate.retryAfterMs, gate.remaining]).toEqual([verdict.revoked, 0, -1])
    for (const wrong of [1, 3, 4, -1, 2 ** 31]) expect(gate.admit(wrong, 1, noon)).toBe(verdict.revoked)
  })

  test('begins with a full bucket under another plan, and only then', () => {
    const { empty, admit, table } = openGate(testPlan(100_000, 50))
    expect(empty(90_000)).toBe(50)
    table.put(keyEntry('k', { plan: testPlan(100_000, 50), name: 'renamed' }))
    expect(admit(90_000)).toBe(verdict.rateLimited)
    table.put(keyEntry('k', { plan: testPlan(3, 4) }))
    expect(empty(90_000)).toBe(4)
  })

  test('begins with a full bucket, too, where the units of the plan before were larger', () => {
    const { empty, table } = openGate(testPlan(3, 4))
    expect(empty(1000)).toBe(4)
    table.put(keyEntry('k', { plan: testPlan(1, 5) }))
    expect(empty(1000)).toBe(5)
  })
})
