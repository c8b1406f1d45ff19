import { expect, test } from 'vitest'
import { measureMemory } from '../../test-support/memory/memory.fixture.ts'
import { knownTickers } from '../settings/assets.ts'

/** A megabyte is a million bytes. */
const mostBytes = 150e6
const mostAddedBytes = 64e6
const sources = 1_000_000

const text = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB (${(bytes / 2 ** 20).toFixed(1)} MiB)`

test.runIf(process.platform === 'linux')(
  'a server with 149 assets, 10,000 keys and one serving worker stays small, and a million forged senders add little',
  async () => {
    const report = await measureMemory({ keys: 10_000, otherSymbols: 1500, sources, loadMs: 15_000 })
    const { startedBytes, listings, spoofedBytes, sent, received, noSession, loadedBytes, afterBytes, served } = report
    console.log(`${knownTickers.length} assets, ${listings} listings with a price: resident ${text(startedBytes)}`)
    console.log(`after ${sent} datagrams of as many addresses ${text(spoofedBytes)}; received ${received}, ERROR 1 to ${noSession}`)
    console.log(`${served} prices over HTTP and UDP later: at most ${text(loadedBytes)}, 10 s after that ${text(afterBytes)}`)
    expect(listings).toBeGreaterThanOrEqual(knownTickers.length)
    expect(sent).toBeGreaterThan(0.99 * sources)
    expect(received).toBeGreaterThan(0.99 * sources)
    expect(served).toBeGreaterThan(10_000)
    expect(spoofedBytes - startedBytes).toBeLessThanOrEqual(mostAddedBytes)
    expect(startedBytes).toBeLessThanOrEqual(mostBytes)
  },
)
