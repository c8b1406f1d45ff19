import { FeedSupervisor, defaultBackoff } from '@trinity/core'
import { SimulatedVenue, findFault, passedLimits, simulatedTransport } from '@trinity/core/simulation'
import { FakeClock, seededRandom } from '@trinity/core/testing'
import { expect, test } from 'vitest'
import { prewarmedAssets } from '../settings/assets.ts'
import { defaultSimulators } from '../simulators.ts'

/** The largest distance between the distribution of the samples and an even one over [0, 1). */
function distanceFromEven(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return Math.max(...sorted.map((value, i) => Math.max((i + 1) / sorted.length - value, value - i / sorted.length)))
}

test.each([1, 2, 3])(
  '24 connections of four nodes, cut at once and refused for five minutes, keep to every limit and spread evenly (seed %i)',
  async (seed) => {
    const clock = new FakeClock()
    const random = seededRandom(seed)
    const waits: number[] = []
    const nodes = Array.from({ length: 4 }, () =>
      defaultSimulators.map((dialect) => {
        const { connector } = dialect
        const symbols = (prewarmedAssets[connector.name] ?? []).map((base) => connector.toSymbol({ base, quote: connector.quotes[0] ?? '' }))
        const venue = new SimulatedVenue({ dialect, symbols, clock, seed })
        const feed = new FeedSupervisor(connector, { transport: simulatedTransport([venue], clock), clock, random })
        let failures = 0
        feed.on('tick', () => (failures = 0))
        feed.on('cut', (_symbols, _reason, retryInMs) => {
          waits.push(retryInMs / Math.min(defaultBackoff.capMs, defaultBackoff.baseMs * 2 ** failures))
          failures++
        })
        venue.start()
        feed.setSymbols(symbols)
        return { venue, feed }
      }),
    ).flat()
    await clock.advanceAsync(30_000)
    expect(nodes.map(({ feed }) => feed.status().state)).toEqual(nodes.map(() => 'ok'))

    for (const { venue } of nodes) venue.setFault(findFault('refused-five-minutes'))
    await clock.advanceAsync(300_000)
    expect(nodes.map(({ feed }) => feed.status().state)).toEqual(nodes.map(() => 'down'))
    await clock.advanceAsync(defaultBackoff.capMs + 10_000)
    expect(nodes.map(({ feed }) => feed.status().state)).toEqual(nodes.map(() => 'ok'))

    expect(nodes.flatMap(({ venue }) => passedLimits(venue))).toEqual([])
    expect(waits.length).toBeGreaterThan(24 * 10)
    expect(distanceFromEven(waits)).toBeLessThan(1.63 / Math.sqrt(waits.length))
    for (const { venue, feed } of nodes) {
      feed.stop()
      venue.stop()
    }
  },
)
