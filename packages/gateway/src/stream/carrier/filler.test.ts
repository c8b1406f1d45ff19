import { FakeClock } from '@trinity/core/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { type StreamRig, openStreamRig, readStream } from '../../../test-support/stream-rig.fixture.ts'
import { waitFor } from '../../../test-support/stream-client.fixture.ts'
import { tempFolder } from '../../../test-support/temp-folder.fixture.ts'
import { testKey } from '../../../test-support/test-keys.fixture.ts'
import { Filler } from './filler.ts'

test('filler comes in whole pieces, at least as long as asked and at most 16 KB', () => {
  const filler = new Filler(Buffer.from('abc'))
  expect(filler.take(1).toString()).toBe('abc')
  expect(filler.take(6).toString()).toBe('abcabc')
  expect(filler.take(7).toString()).toBe('abcabcabc')
  const most = filler.take(1_000_000).toString()
  expect([most.length, most.replaceAll('abc', '')]).toEqual([16_383, ''])
})

describe('a reader that has to wait is sent filler', () => {
  /** Opens the newcomers after which a reader is no longer among the newest, and changes a price ten times before the loop turns. */
  async function crowd(rig: StreamRig): Promise<void> {
    for (let i = 2; i <= 5; i++) {
      readStream(rig.path, ['BTC']).resume()
      await waitFor(() => rig.hub.readers === i)
    }
    for (let price = 1; price <= 11; price++) rig.publish('BTC', String(price))
  }

  async function openRig(): Promise<StreamRig> {
    const rig = await openStreamRig(tempFolder(), ['BTC'], new FakeClock())
    onTestFinished(rig.stop)
    rig.publish('BTC', '0.5')
    return rig
  }

  test('as comments between server-sent events', async () => {
    const rig = await openRig()
    let text = ''
    const socket = readStream(rig.path, ['BTC'])
    socket.on('data', (part: Buffer) => (text += part.toString()))
    await waitFor(() => text.includes('event: snapshot'))
    await crowd(rig)
    await waitFor(() => text.endsWith('.\n\n'))
    rig.publish('BTC', '12')
    await waitFor(() => text.includes('"price_text":"12"'))
    const blocks = text.slice(text.indexOf('event: price')).split('\n\n')
    const prices = blocks.filter((block) => block.startsWith('event: price\ndata: {'))
    const comments = blocks.filter((block) => /^:\.{61}$/.test(block))
    expect(prices.map((block) => /"price_text":"([\d.]+)"/.exec(block)?.[1])).toEqual(['11', '12'])
    // Twice the ten changes it did not hear of.
    expect((comments.length * 64) / (prices[0]?.length ?? 1)).toBeCloseTo(20, 0)
    expect(prices.length + comments.length + 1).toBe(blocks.length)
  })

  test('as pongs between the messages of a WebSocket', async () => {
    const rig = await openRig()
    const client = new WebSocket(`ws+unix:${rig.path}:/stream?assets=btc`, { headers: { authorization: `Bearer ${testKey}` } })
    onTestFinished(() => client.terminate())
    const told: string[] = []
    let bytes = 0
    client.on('message', (data: Buffer) => told.push(String((JSON.parse(data.toString()) as { price_text?: string }).price_text)))
    client.on('pong', (data) => (bytes += data.length + 2))
    await waitFor(() => told.length === 1)
    await crowd(rig)
    await waitFor(() => bytes > 0 && told.length === 2)
    rig.publish('BTC', '12')
    await waitFor(() => told.length === 3)
    expect(told.slice(1)).toEqual(['11', '12'])
    expect(bytes).toBeGreaterThan(20 * 200)
    expect(bytes % 127).toBe(0)
  })
})
