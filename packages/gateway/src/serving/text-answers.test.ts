import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { nodeTransport, ratePlan } from '@trinity/core'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type GatewayRig, openGateway } from '../../test-support/gateway-rig.fixture.ts'
import { LoopbackVenue } from '../../test-support/loopback-venue.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import { keyEntry, testKey, testKeyStore } from '../../test-support/test-keys.fixture.ts'

/** A gateway on dgram whose only venue shows BTC, and how a person asks it. */
async function openTextMode() {
  const venue = await new LoopbackVenue().open()
  onTestFinished(() => venue.close())
  venue.listed.set('BTC-USD', true)
  const rig = await openGateway({
    connectors: [testConnector({ name: 'alpha', url: `ws://${venue.host}/ws`, restUrl: `http://${venue.host}` })],
    assets: { alpha: ['BTC'] },
    transport: nodeTransport(),
    keys: testKeyStore(keyEntry('slow-key', { plan: ratePlan(1, 1) })),
    udp: { transport: 'dgram', textMode: true },
    udpPort: 0,
  })
  onTestFinished(rig.stop)
  await vi.waitFor(() => expect(venue.received.length).toBeGreaterThan(0), { timeout: 5000 })
  venue.trade('BTC-USD', '83421.5700')
  await vi.waitFor(async () => expect((await rig.get('/price?asset=btc')).status).toBe(200), { timeout: 5000 })
  return { rig, say: (text: string) => sayTo(rig, text), ask: (question: object) => sayTo(rig, JSON.stringify(question)) }
}

async function sayTo({ open }: GatewayRig, text: string): Promise<{ readonly body: Record<string, unknown>; readonly line: string }> {
  const [host = '', port] = (open.udpLpo ?? '').split(':')
  const socket = createSocket('udp4')
  try {
    const answer = once(socket, 'message', { signal: AbortSignal.timeout(3000) })
    socket.send(text, Number(port), host)
    const line = String((await answer)[0])
    return { body: JSON.parse(line) as Record<string, unknown>, line }
  } finally {
    socket.close()
  }
}

const countOf = ({ gateway }: GatewayRig, name: string): number => gateway.readTotals().counters.get(name) ?? 0

describe('a person who asks in text', () => {
  test('gets the price as over HTTP, on one line, and it is counted as a price over UDP', async () => {
    const { rig, ask } = await openTextMode()
    const { body, line } = await ask({ asset: 'btc', key: testKey })
    const http = (await rig.get('/price?asset=btc')).body
    expect(body).toMatchObject({ status_code: 200, price_text: '83421.5700' })
    expect(Object.keys(body)).toEqual(Object.keys(http))
    expect(line).toMatch(/^[^\n]+\n$/)
    const rows = [...rig.gateway.readTotals().requests].filter(({ protocol, status }) => protocol === 1 && status === 200)
    expect(rows.map(({ requests }) => requests)).toEqual([1])
  })

  test('is told what is wrong in words that fit a datagram, and it is counted', async () => {
    const { rig, say, ask } = await openTextMode()
    const problemOf = async (question: object): Promise<unknown> => (await ask(question)).body.error
    expect(await problemOf({ asset: 'btc' })).toEqual({ code: 'TRN_KEY_MISSING', message: expect.stringContaining('"key":"KEY"') as string })
    expect(await problemOf({ asset: 'btc', key: 'wrong' })).toMatchObject({ code: 'TRN_KEY_INVALID' })
    expect(countOf(rig, 'auth_failures')).toBe(2)
    expect(await problemOf({ asset: 'nope', key: testKey })).toMatchObject({ code: 'TRN_ASSET_UNKNOWN' })
    expect(countOf(rig, 'price_misses')).toBe(1)
    await ask({ asset: 'btc', key: 'slow-key' })
    expect(await problemOf({ asset: 'btc', key: 'slow-key' })).toEqual({
      code: 'TRN_RATE_LIMITED',
      message: expect.stringMatching(/ask again in \d+ ms\.$/) as string,
    })
    expect((await say('{')).body.error).toMatchObject({ code: 'TRN_BAD_REQUEST' })
  })
})
