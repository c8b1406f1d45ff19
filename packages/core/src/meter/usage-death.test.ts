import { describe, expect, test } from 'vitest'
import { Killing } from './killing.fixture.ts'

describe('what threads recorded until they were killed is what was drained', () => {
  test('with room for every row', { timeout: 60_000 }, async () => {
    const killing = new Killing(32_768, 20_000, 1)
    await killing.kill(5)
    expect(killing.faults(5)).toEqual([])
    expect(killing.spilled).toBe(0)
    expect(killing.total).toBeGreaterThan(10_000)
  })

  test('with tables that change places all the time and spill', { timeout: 60_000 }, async () => {
    const killing = new Killing(24, 5000, 1000)
    await killing.kill(8)
    expect(killing.faults(8)).toEqual([])
    expect(killing.spilled).toBeGreaterThan(0)
    expect(killing.total).toBeGreaterThan(10_000)
  })
})
