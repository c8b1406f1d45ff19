import { describe, expect, test } from 'vitest'
import { RigClient, sourceOf } from '../../../test-support/udp/udp-client.fixture.ts'
import { UdpRig } from '../../../test-support/udp/udp-rig.fixture.ts'
import { outcome, sumUdpCounters, udpCounterNames } from './outcome.ts'

const head = (...rest: number[]): Uint8Array => Uint8Array.of(0x54, 0x42, 8, ...rest)
const from = sourceOf('10.0.0.1', 1)

describe('what became of datagrams', () => {
  test('each outcome has a counter of its own, and is answered, refused or discarded', () => {
    expect(Object.values(outcome)).toEqual(udpCounterNames.slice(1).map((_, i) => i + 1))
    expect(new Set(udpCounterNames).size).toBe(udpCounterNames.length)
    expect(udpCounterNames).toContain('udp_hello_limit')
    const { received, answered, refused, discarded } = sumUdpCounters(udpCounterNames.map((_, i) => 2 ** i))
    expect(received).toBe(1)
    expect(answered + refused + discarded).toBe(2 ** udpCounterNames.length - 2)
    expect(answered).toBe(2 ** 5 - 2)
    expect(refused).toBe(2 ** 12 - 2 ** 5)
  })

  test.each<[string, Uint8Array]>([
    ['short', new Uint8Array()],
    ['short', head(3, 0, 0, 0)],
    ['short', head(3, ...new Uint8Array(19))],
    ['short', head(7, ...new Uint8Array(19))],
    ['short', head(5, ...new Uint8Array(19))],
    ['short', head(1, ...new Uint8Array(59))],
    ['long', head(1, ...new Uint8Array(61))],
    ['long', head(3, ...new Uint8Array(1197))],
    ['magic', new Uint8Array(64)],
    ['version', Uint8Array.of(0x54, 0x42, 7, 3, ...new Uint8Array(60))],
    ['type', head(2, ...new Uint8Array(60))],
    ['type', head(4, ...new Uint8Array(60))],
    ['type', head(6, ...new Uint8Array(60))],
    ['type', head(8, ...new Uint8Array(20))],
    ['type', head(15, ...new Uint8Array(20))],
    ['type', head(0, ...new Uint8Array(60))],
    ['nonzero', head(1, ...new Uint8Array(60).fill(1, 36, 44))],
    ['key', head(1, ...new Uint8Array(60))],
    ['text_mode', new TextEncoder().encode('{}')],
  ])('what breaks a rule is discarded as %s', (name, bytes) => {
    const rig = new UdpRig()
    expect(rig.send({ bytes, from })).toEqual([undefined])
    expect(rig.count(name)).toBe(1)
    expect(rig.totals()).toEqual({ received: 1, answered: 0, refused: 0, discarded: 1 })
  })

  test('what came in a batch is counted first, and then what becomes of each datagram, one by one', () => {
    const added: [number, number][] = []
    const rig = new UdpRig({ counters: { add: (index, count) => void added.push([index, count]) } })
    rig.keys.add('tally key')
    const client = new RigClient(rig, 'tally key').open()
    rig.send(client.ping(), client.ping(), { bytes: new Uint8Array(9), from })
    rig.send(client.ping())
    const passed = [
      [0, 1],
      [outcome.welcome, 1],
      [0, 3],
      [outcome.pong, 1],
      [outcome.pong, 1],
      [outcome.magic, 1],
      [0, 1],
      [outcome.pong, 1],
    ]
    expect(added).toEqual(passed)
  })
})
