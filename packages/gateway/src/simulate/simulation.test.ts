import { systemClock } from '@trinity/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type GatewayRig, openGateway } from '../../test-support/gateway-rig.fixture.ts'
import { defaultSet } from '../connector-set.ts'
import { defaultConnectors } from '../connectors.ts'
import type { Gateway } from '../gateway.ts'
import { exchangesAnswer } from '../lpo/schemas.ts'
import { prewarmedAssets } from '../settings/assets.ts'
import { defaultSimulators } from '../simulators.ts'
import { openSimulation } from './simulation.ts'

async function openSimulated(seed: number, fault?: string): Promise<GatewayRig> {
  const demo = await openSimulation({ ...defaultSet, dialects: defaultSimulators, seed, fault })
  onTestFinished(() => demo.stop())
  const rig = await openGateway({ assets: defaultSet.assets, names: defaultSet.names, ...demo })
  onTestFinished(rig.stop)
  demo.attach(rig.gateway)
  return rig
}

test('every default connector has a simulator', () => {
  expect(defaultSimulators.map(({ connector }) => connector)).toEqual(defaultConnectors)
})

test('all assets are fresh within 5 s, and the answers say that they are simulated', async () => {
  const rig = await openSimulated(11)
  const states = async (): Promise<readonly string[]> => {
    const { exchanges } = exchangesAnswer.parse((await rig.get('/exchanges')).body)
    return exchanges.flatMap(({ listings }) => listings.map(({ state }) => state))
  }
  await vi.waitFor(async () => expect(await states()).toEqual(Array.from({ length: 150 }, () => 'live')), { timeout: 5000, interval: 250 })
  const assets = [...new Set(Object.values(prewarmedAssets).flat())]
  expect(assets).toHaveLength(149)
  for (const asset of assets) {
    const { headers, body } = await rig.get(`/price?asset=${asset}`)
    expect(body).toMatchObject({ status_code: 200, stale: false, source: expect.stringMatching(/-simulated$/) as string })
    expect(headers.get('trinity-mode')).toBe('simulated')
  }
})

test.each([
  ['outag', /no fault 'outag'\. Close to it: outage[,.].*--fault list/],
  ['nosuch', /no fault 'nosuch'\. 'trinity/],
  ['tls-expired', /can't show the fault 'tls-expired'/],
  ['renamed-symbol', /can't show the fault 'renamed-symbol'/],
])('the fault %s is refused', async (fault, words) => {
  const opening = openSimulation({ ...defaultSet, dialects: defaultSimulators, seed: 1, fault })
  await expect(opening).rejects.toMatchObject({ code: 'TRN_SETTING_INVALID', message: expect.stringMatching(words) as string })
})

test('a fault of the start is there when the server starts', async () => {
  const rig = await openSimulated(12, 'some-halted-at-start')
  const halted = async (): Promise<readonly number[]> => {
    const { exchanges } = exchangesAnswer.parse((await rig.get('/exchanges')).body)
    return exchanges.map(({ listings }) => listings.filter(({ market }) => market === 'halted').length)
  }
  await vi.waitFor(async () => expect(Math.min(...(await halted()))).toBeGreaterThan(5), { timeout: 5000, interval: 250 })
})

test('a fault of the clock sets the wall clock of the node, and right again', async () => {
  const demo = await openSimulation({ ...defaultSet, dialects: defaultSimulators.slice(0, 1), seed: 1, fault: 'wall-clock-back' })
  onTestFinished(() => demo.stop())
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const leadHours = (): number => Math.round(((demo.clock?.wall() ?? 0) - systemClock.wall()) / 3_600_000)
  demo.attach({} as Gateway)
  const seen = [leadHours()]
  for (const ms of [15_000, 60_000, 30_000, 60_000]) {
    vi.advanceTimersByTime(ms)
    seen.push(leadHours())
  }
  expect(seen.map(String)).toEqual(['0', '-1', '0', '-1', '0'])
})
