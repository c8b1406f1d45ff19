import { describe, expect, test } from 'vitest'
import { type FlooderKind, floodBeside } from '../../test-support/load/flooder.fixture.ts'
import { loadNativeAddon } from '../udp/transport/native-transport.ts'

const flooders: readonly FlooderKind[] = ['a limited key over UDP', 'no session', 'a limited key over HTTP']

/** A price is made to cost 2 ms: five times what the server can answer is then far from what fills the kernel's receive buffer. */
const burdenMs = 2

describe.each(['native', 'dgram'] as const)('50 polite clients over HTTP and UDP (%s)', (transport) => {
  test.each(flooders)('beside a flooder at 5 times the capacity with %s', async (flooder) => {
    if (transport === 'native' && loadNativeAddon().addon === undefined) return console.log('There is no native addon: nothing was measured.')
    const report = await floodBeside({ flooder, transport, burdenMs, factor: 5, durationMs: 10_000 })
    const { capacity, flooded, flooderServed, polite, unloadedMs, counts } = report
    console.log(
      `${transport}, ${flooder}: capacity ${capacity.toFixed(0)}/s, flood ${flooded} in 10 s (${flooderServed} served); polite: ` +
        `${polite.served} of ${polite.asked} served (${((100 * polite.served) / polite.asked).toFixed(2)} %), ${polite.refused} refused, ${polite.lost} lost, ` +
        `median ${polite.medianMs.toFixed(1)} ms, p99 ${polite.p99Ms.toFixed(1)} ms, unloaded ${unloadedMs.toFixed(1)} ms; kernel drops ${counts.kernelDrops}`,
    )
    expect(flooded).toBeGreaterThan(0.95 * 5 * capacity * 10)
    expect(polite.served).toBeGreaterThanOrEqual(0.99 * polite.asked)
    expect(counts.kernelDrops).toBe(0)
    expect(counts.received).toBe(counts.answered + counts.refused + counts.discarded)
  })
})
