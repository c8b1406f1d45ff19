import { ratePlan } from '@trinity/core'
import { PriceClient } from '@trinity/udp'
import { expect, onTestFinished, test } from 'vitest'
import { UdpRig } from '../../test-support/udp/udp-rig.fixture.ts'
import { openTransport } from './transport/open-transport.ts'

/** A port on a real socket, and a client of it. */
async function connect(kind: 'auto' | 'dgram', plan?: ReturnType<typeof ratePlan>) {
  const started = performance.now()
  const rig = new UdpRig({ clock: { now: () => Date.now(), utc: () => Date.now(), monotonic: () => performance.now() - started } })
  rig.clock.nowMs = Date.now()
  rig.price(rig.list('BTC'), '83421.57')
  rig.keys.add('loopback key', plan)
  const { memory, memoryStart, handle } = rig.service
  const { transport } = await openTransport(kind, { host: '127.0.0.1', port: 0, reusePort: false, memory, memoryStart, handle }, 'UDP_PORT_LPO')
  onTestFinished(() => transport.close())
  const client = await PriceClient.connect({ apiKey: 'loopback key', port: transport.port })
  onTestFinished(() => client.close())
  return { rig, client }
}

test.each(['auto', 'dgram'] as const)('a client on a real socket gets prices, many at once and after its session was lost (%s)', async (kind) => {
  const { rig, client } = await connect(kind)
  const answers = await Promise.all(Array.from({ length: 200 }, () => client.query(['btc', 'nope'])))
  expect(answers).toHaveLength(200)
  for (const quotes of answers) {
    expect(quotes).toMatchObject([
      { asset: 'BTC', status: 'fresh', price: '83421.57', currency: 'USD', source: 1 },
      { asset: 'NOPE', status: 'unknown' },
    ])
  }
  rig.service.close()
  expect(await client.query(['BTC'])).toMatchObject([{ price: '83421.57' }])
  expect(rig.count('welcome')).toBeGreaterThanOrEqual(2)
  expect(rig.count('quote')).toBeGreaterThanOrEqual(201)
  const { received, answered, refused, discarded } = rig.totals()
  expect(received).toBe(answered + refused + discarded)
})

test('a client above its rate is told so', async () => {
  const { client } = await connect('auto', ratePlan(1, 1))
  await client.query(['BTC'])
  await expect(client.query(['BTC'])).rejects.toMatchObject({ code: 'RATE_LIMITED' })
})
