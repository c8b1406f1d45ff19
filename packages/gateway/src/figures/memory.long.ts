import { expect, test } from 'vitest'
import { measureMemory } from '../../test-support/load/memory.fixture.ts'
import { knownTickers } from '../settings/assets.ts'

const mostMb = 150
const mostAddedMb = 64
const sources = 1_000_000

test.runIf(process.platform === 'linux')(
  'a server with 149 assets, 10,000 keys and one serving worker stays small, and a million forged senders add little',
  async () => {
    const { startedMb, spoofedMb, sent, received, noSession } = await measureMemory({ keys: 10_000, sources })
    console.log(
      `${knownTickers.length} assets: resident ${startedMb.toFixed(1)} MiB; after ${sent} datagrams of as many addresses ${spoofedMb.toFixed(1)} MiB`,
    )
    console.log(`received ${received}, ERROR 1 to ${noSession}`)
    expect(sent).toBeGreaterThan(0.99 * sources)
    expect(received).toBeGreaterThan(0.99 * sources)
    expect(spoofedMb - startedMb).toBeLessThanOrEqual(mostAddedMb)
    expect(startedMb).toBeLessThanOrEqual(mostMb)
  },
)
