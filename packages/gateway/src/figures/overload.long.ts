import { describe, expect, test } from 'vitest'
import { type OverloadPlan, overload } from '../../test-support/load/overload.fixture.ts'
import { median } from '../../test-support/load/statistics.fixture.ts'
import { loadNativeAddon } from '../udp/transport/native-transport.ts'

/**
 * A price is made to cost 10 ms, so that the peak is just below 100 a second: at ten times that neither the generator nor the kernel's
 * queues are the limit, and refusing the rest takes the server a hundredth of its time. The budget of a turn is reached with the
 * second price: what a turn answers has waited for one other turn at most.
 */
const burdenMs = 10
const shedAfterMs = 15
const rounds = 5

const factors = [2, 5, 10]
const doors: readonly Pick<OverloadPlan, 'protocol' | 'transport'>[] = [
  { protocol: 'http', transport: 'dgram' },
  { protocol: 'udp', transport: 'dgram' },
  { protocol: 'udp', transport: 'native' },
]

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

describe.each(doors)('overload of $protocol ($transport)', (door) => {
  test('at 2, 5 and 10 times the peak: goodput, median and recovery', async ({ skip }) => {
    skip(door.transport === 'native' && loadNativeAddon().addon === undefined, 'there is no native addon')
    const { unloadedMs, steps, kernelDrops } = await overload({ ...door, burdenMs, shedAfterMs, factors, loadMs: 3000, rounds })
    console.log(`${door.protocol} (${door.transport}): unloaded median ${unloadedMs.toFixed(1)} ms, kernel drops ${kernelDrops}`)
    for (const { factor, peak, goodput, medianMs, p99Ms, refused, lost, after, generatorLoad, generatorDelayMs } of steps) {
      console.log(
        `  ${factor}x of ${peak.toFixed(1)}/s: goodput ${percent(goodput / peak)}, median ${medianMs.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, ` +
          `refused ${refused}, lost ${lost}; after: ${percent(after.share)}, ${after.medianMs.toFixed(1)} ms; generator ${percent(generatorLoad)}, ${generatorDelayMs.toFixed(1)} ms late`,
      )
    }
    const medians = factors.map((factor) => {
      const rounds = steps.filter((step) => step.factor === factor)
      const middle = (pick: (step: (typeof steps)[number]) => number): number => median(rounds.map(pick)) ?? Number.NaN
      return {
        factor,
        goodput: middle(({ goodput, peak }) => goodput / peak),
        slowdown: middle(({ medianMs }) => medianMs / unloadedMs),
        after: middle(({ after }) => after.share),
        slowdownAfter: middle(({ after }) => after.medianMs / unloadedMs),
        generatorDelayMs: middle((step) => step.generatorDelayMs),
      }
    })
    for (const { factor, goodput, slowdown, after, slowdownAfter } of medians)
      console.log(
        `  ${factor}x, medians of the rounds: goodput ${percent(goodput)} of the peak, median ${slowdown.toFixed(2)}x unloaded; ` +
          `a second later ${percent(after)} answered, ${slowdownAfter.toFixed(2)}x`,
      )
    for (const { goodput, slowdown, after, slowdownAfter, generatorDelayMs } of medians) {
      expect(goodput).toBeGreaterThanOrEqual(0.95)
      expect(slowdown).toBeLessThanOrEqual(5)
      expect(after).toBeGreaterThanOrEqual(0.99)
      expect(slowdownAfter).toBeLessThanOrEqual(2)
      // Else it would not have been that many times the peak.
      expect(generatorDelayMs).toBeLessThan(burdenMs)
    }
    expect(kernelDrops).toBe(0)
  })
})
