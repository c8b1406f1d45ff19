import { expect, onTestFinished, test, vi } from 'vitest'
import { type GatewayRig, openGateway } from '../../test-support/gateway-rig.fixture.ts'
import { defaultSet } from '../connector-set.ts'
import { defaultConnectors } from '../connectors.ts'
import { exchangesAnswer } from '../lpo/schemas.ts'
import { prewarmedAssets } from '../settings/assets.ts'
import { defaultSimulators } from '../simulators.ts'
import { openSimulation } from './simulation.ts'

async function openSimulated(seed: number): Promise<GatewayRig> {
  const demo = await openSimulation({ ...defaultSet, dialects: defaultSimulators, seed })
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

test('an unknown fault is refused with the names of those that there are', async () => {
  const opening = openSimulation({ ...defaultSet, dialects: defaultSimulators, seed: 1, fault: 'nosuch' })
  await expect(opening).rejects.toMatchObject({ code: 'TRN_SETTING_INVALID', message: expect.stringMatching(/nosuch.*outage/) as string })
})
