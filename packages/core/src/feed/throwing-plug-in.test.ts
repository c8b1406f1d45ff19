import { expect, onTestFinished, test } from 'vitest'
import type { CacheTier } from '../cache/tier.ts'
import type { ConnectorRest, RestPrices, RestRequest } from '../connector.ts'
import { watchRejections } from '../simulation/run/watch-rejections.ts'
import { RefresherRig as Rig, rest } from './refresher-rig.fixture.ts'

const broken = (): never => {
  throw new Error('broken plug-in')
}

/** Works for its first calls, as while it is asked how many requests there are. */
function brokenAfter(calls: number): ConnectorRest['request'] {
  let count = 0
  return (symbols, restName) => (++count > calls ? broken() : rest.request(symbols, restName))
}

const faults: readonly (readonly [fault: string, change: Partial<ConnectorRest>])[] = [
  ['request throws', { request: broken }],
  ['request throws when it is read', { request: brokenAfter(1) }],
  ['request gives nothing', { request: () => undefined as unknown as RestRequest[] }],
  ['request gives no list', { request: () => ({ url: 'https://plain.test/' }) as unknown as RestRequest[] }],
  ['request gives null in a list', { request: () => [null] as unknown as RestRequest[] }],
  ['decode throws', { decode: broken }],
  ['decode gives nothing', { decode: () => undefined as unknown as RestPrices }],
  ['decode gives no ticks', { decode: () => ({}) as RestPrices }],
  ['decode gives null for a tick', { decode: () => ({ ticks: [null] }) as unknown as RestPrices }],
]

test.each(faults)('of a plug-in whose %s each reading is trouble, again and again, and nothing is left unhandled', async (_, change) => {
  const rejections: string[] = []
  onTestFinished(watchRejections((reason) => rejections.push(reason)))
  const rig = new Rig([], { rest: { ...rest, ...change } })
  rig.trade(rig.a, '5')
  await rig.clock.advanceAsync(25_000)
  const before = rig.log.length
  await rig.refresher.readNow('plain', ['a'])
  rig.refresher.readAllNow()
  rig.refresher.readDueNow()
  await rig.clock.advanceAsync(25_000)
  // Rejections are told after a turn of the event loop.
  await new Promise((resolve) => void setImmediate(resolve))
  expect([before > 0, rig.log.length > before, rejections]).toEqual([true, true, []])
  expect(rig.log.every((line) => line.startsWith('trouble plain: '))).toBe(true)
  expect(rig.read()?.price).toBe('5')
})

test.each([
  ['throws', broken],
  ['gives no promise', () => undefined as unknown as Promise<ReadonlyMap<string, never>>],
  ['gives no map', () => Promise.resolve(undefined as unknown as ReadonlyMap<string, never>)],
])('a cache tier whose read %s is trouble, and the venue is read all the same', async (_, read) => {
  const rejections: string[] = []
  onTestFinished(watchRejections((reason) => rejections.push(reason)))
  const tier: CacheTier = { name: 'tier', read }
  const rig = new Rig([tier])
  await rig.clock.advanceAsync(10_000)
  await new Promise((resolve) => void setImmediate(resolve))
  expect([rejections, rig.log[0]?.startsWith('trouble tier: ')]).toEqual([[], true])
  expect(rig.transport.requests.length).toBeGreaterThan(0)
})
