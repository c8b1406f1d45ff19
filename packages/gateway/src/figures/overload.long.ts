import { describe, expect, test } from 'vitest'
import { type OverloadPlan, overload } from '../../test-support/load-overload.fixture.ts'
import { loadNativeAddon } from '../udp/transport/native-transport.ts'

/**
 * A price is made to cost 20 ms, so that the peak is some 50 a second and neither the generator nor the kernel's queues are the
 * limit at ten times that; the budget of a turn is a little more than one price.
 */
const burdenMs = Number(process.env.B ?? 20)
const turnBudgetMs = Number(process.env.T ?? 25)

const doors: readonly Pick<OverloadPlan, 'protocol' | 'transport'>[] = [
  { protocol: 'http', transport: 'dgram' },
  { protocol: 'udp', transport: 'dgram' },
  { protocol: 'udp', transport: 'native' },
]

describe.each(doors)('overload of $protocol ($transport)', (door) => {
  test('at 2, 5 and 10 times the peak: goodput, median and recovery', async ({ skip }) => {
    skip(door.transport === 'native' && loadNativeAddon().addon === undefined, 'there is no native addon')
    const { peak, unloadedMs, steps, kernelDrops } = await overload({ ...door, burdenMs, turnBudgetMs, factors: [2, 5, 10], loadMs: 5000 })
    console.log(`${door.protocol} ${door.transport}: peak ${peak.toFixed(1)}/s, unloaded median ${unloadedMs.toFixed(1)} ms, kernel drops ${kernelDrops}`)
    for (const { factor, offered, goodput, medianMs, p99Ms, refused, after, lost, generatorLoad } of steps) {
      console.log(
        `  ${factor}x: offered ${offered.toFixed(0)}/s, goodput ${((100 * goodput) / peak).toFixed(1)} % of the peak, ` +
          `median ${medianMs.toFixed(1)} ms (${(medianMs / unloadedMs).toFixed(2)}x), p99 ${p99Ms.toFixed(1)} ms, refused ${refused}, lost ${lost}; ` +
          `a second later ${(100 * after.share).toFixed(1)} % answered, median ${after.medianMs.toFixed(1)} ms; generator ${(100 * generatorLoad).toFixed(0)} % of a core`,
      )
    }
    for (const { goodput, medianMs, after } of steps) {
      expect(goodput).toBeGreaterThanOrEqual(0.95 * peak)
      expect(medianMs).toBeLessThanOrEqual(5 * unloadedMs)
      expect(after.share).toBeGreaterThanOrEqual(0.99)
      expect(after.medianMs).toBeLessThanOrEqual(2 * unloadedMs)
    }
    expect(kernelDrops).toBe(0)
  })
})
