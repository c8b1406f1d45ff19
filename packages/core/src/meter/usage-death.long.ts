import { expect, test } from 'vitest'
import { Killing } from './killing.fixture.ts'

test(
  'of tens of millions of requests recorded by 200 threads, each killed at a random moment, none is lost or counted twice',
  { timeout: 600_000 },
  async () => {
    for (const [capacity, keys, spread] of [
      [32_768, 20_000, 1],
      [64, 5000, 200],
      [512, 20_000, 20],
    ] as const) {
      const killing = new Killing(capacity, keys, spread)
      await killing.kill(67)
      console.log(`tables of ${capacity}: ${killing.total} requests, ${killing.spilled} of them spilled`)
      expect(killing.faults(67)).toEqual([])
    }
  },
)
