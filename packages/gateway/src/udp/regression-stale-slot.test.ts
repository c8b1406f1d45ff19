import { describe, expect, test } from 'vitest'
import { RigClient, sourceOf } from '../../test-support/udp/udp-client.fixture.ts'
import { type Sent, UdpRig } from '../../test-support/udp/udp-rig.fixture.ts'
import { slotBytes } from './transport/transport.ts'

const apiKey = 'stale-slot-key'

function createPair() {
  const rig = new UdpRig({ answerText: () => ({ status: 200, body: '{}' }) })
  rig.keys.add(apiKey)
  rig.price(rig.list('BTC'), '1')
  return { rig, client: new RigClient(rig, apiKey).open() }
}

/** What a client left in slot 0 stays there while a datagram of another length, from the same place, is said to be in it. */
function sendOver(rig: UdpRig, left: Sent, length: number): number {
  const { batch } = rig
  batch.memory.set(left.bytes, batch.rxStart)
  batch.source.set(left.from)
  batch.end = 1
  batch.rxLength[0] = length
  batch.txLength.fill(0)
  rig.service.handle(batch)
  return batch.txLength[0] ?? 0
}

describe('a datagram over what another left in its slot', () => {
  test.each(['query', 'ping', 'report'] as const)('is never answered with the rights of that %s', (kind) => {
    const { rig, client } = createPair()
    const left = kind === 'query' ? client.query('BTC') : client[kind]()
    const size = left.bytes.length
    for (const length of [0, 1, 2, 7, 8, 16, size - 1, size + 1, 1200, 1201, slotBytes, slotBytes + 1, 65_535]) {
      expect(sendOver(rig, left, length)).toBe(0)
    }
    expect(rig.totals()).toMatchObject({ answered: 1, refused: 0, discarded: 13 })
    expect(sendOver(rig, left, size)).toBeGreaterThan(0)
  })

  test('opens no session with the HELLO of that one', () => {
    const { rig, client } = createPair()
    const left = { ...client.hello(), from: sourceOf('10.0.0.9', 9) }
    for (const length of [0, 1, 24, 63, 65, 1200, slotBytes]) expect(sendOver(rig, left, length)).toBe(0)
    expect(rig.service.sessions.unproven).toBe(1)
    expect(sendOver(rig, left, 64)).toBe(64)
  })

  test('asks nothing in text mode when it is empty', () => {
    const { rig } = createPair()
    const left = { bytes: new TextEncoder().encode('{"asset":"btc","key":"k"}'), from: sourceOf('127.0.0.1', 9) }
    expect(sendOver(rig, left, 0)).toBe(0)
    expect(sendOver(rig, left, left.bytes.length)).toBeGreaterThan(0)
  })
})
