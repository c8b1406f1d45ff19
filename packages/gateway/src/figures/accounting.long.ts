import { chooseSeed } from '@trinity/core/testing'
import { describe, expect, test } from 'vitest'
import { type AccountingPlan, account } from '../../test-support/load/accounting.fixture.ts'
import { loadNativeAddon } from '../udp/transport/native-transport.ts'

const cases: readonly (Pick<AccountingPlan, 'serveWorkers' | 'stallMs'> & { readonly name: string })[] = [
  { name: 'the main thread serves and is stalled, so that the kernel drops', serveWorkers: 0, stallMs: [600, 900, 1200, 300] },
  { name: '2 workers serve', serveWorkers: 2 },
]

describe.runIf(process.platform === 'linux').each(['native', 'dgram'] as const)('datagrams of a flood over %s', (transport) => {
  test.each(cases)('are accounted for exactly: $name', async ({ serveWorkers, stallMs = [] }) => {
    if (transport === 'native' && loadNativeAddon().addon === undefined) return console.log('There is no native addon: nothing was measured.')
    const seed = chooseSeed()
    const report = await account({ transport, serveWorkers, stallMs, generators: 2, socketsEach: 8, durationMs: 10_000, seed })
    const { sent, failed, received, kernelDrops, answered, refused, discarded, internal, answers } = report
    console.log(
      `${transport}, ${serveWorkers} workers, seed ${seed}: sent ${sent} = received ${received} + kernel drops ${kernelDrops}; ` +
        `received = answered ${answered} + refused ${refused} + discarded ${discarded}; ${answers} answers came back, ${failed} sends failed`,
    )
    expect(sent).toBe(received + kernelDrops)
    expect(received).toBe(answered + refused + discarded)
    expect(internal).toBe(0)
    expect(answered).toBeGreaterThan(0)
    expect(refused).toBeGreaterThan(0)
    expect(discarded).toBeGreaterThan(0)
    if (stallMs.length > 0) expect(kernelDrops).toBeGreaterThan(0)
  })
})
