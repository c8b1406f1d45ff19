import { macKeyOf, readClockRefusal } from '@trinity/udp'
import { describe, expect, test } from 'vitest'
import { RigClient, sourceOf } from '../../../test-support/udp/udp-client.fixture.ts'
import { type Sent, UdpRig } from '../../../test-support/udp/udp-rig.fixture.ts'

const apiKey = 'greeter-test-key'

function createPair() {
  const rig = new UdpRig()
  const row = rig.keys.add(apiKey)
  return { rig, row, client: new RigClient(rig, apiKey) }
}

function change({ bytes, from }: Sent, at: number, value: number): Sent {
  const changed = bytes.slice()
  changed[at] = value
  return { bytes: changed, from }
}

describe('HELLO', () => {
  test('with the right MAC gets a WELCOME that only the holder of the key can use', () => {
    const { rig, client } = createPair()
    const welcome = client.welcomed(rig.send(client.hello({ requestId: 77 }))[0])
    expect(welcome).toMatchObject({ requestId: 77, serverTimeMs: rig.clock.nowMs, lifetimeSeconds: 600, maxAssets: 30 })
    expect(rig.service.sessions).toEqual({ proven: 0, unproven: 1 })
    expect(client.isPong(rig.send(client.ping())[0])).toBe(true)
    expect(rig.service.sessions).toEqual({ proven: 1, unproven: 0 })
  })

  test('with a wrong MAC, an unknown key or a revoked one gets silence', () => {
    const { rig, row, client } = createPair()
    const hello = client.hello()
    for (let at = 48; at < 64; at++) expect(rig.send(change(hello, at, (hello.bytes[at] ?? 0) ^ 1))).toEqual([undefined])
    expect(rig.count('mac')).toBe(16)
    expect(rig.send(new RigClient(rig, 'somebody else').hello())).toEqual([undefined])
    rig.keys.table.revoke(row)
    expect(rig.send(hello)).toEqual([undefined])
    expect(rig.count('key')).toBe(2)
    expect(rig.service.sessions).toEqual({ proven: 0, unproven: 0 })
  })

  test('with a changed field has a wrong MAC', () => {
    const { rig, client } = createPair()
    const hello = client.hello()
    for (const at of [4, 7, 16, 23, 24, 39]) expect(rig.send(change(hello, at, (hello.bytes[at] ?? 0) ^ 1))).toEqual([undefined])
    expect(rig.count('mac')).toBe(6)
  })

  test('of another length, or with bytes that should be zero, is discarded unseen', () => {
    const { rig, client } = createPair()
    const { bytes, from } = client.hello()
    rig.send(
      { bytes: bytes.slice(0, 63), from },
      { bytes: new Uint8Array([...bytes, 0]), from },
      change({ bytes, from }, 40, 1),
      change({ bytes, from }, 47, 1),
    )
    expect([rig.count('short'), rig.count('long'), rig.count('nonzero')]).toEqual([1, 1, 2])
    expect(rig.totals()).toEqual({ received: 4, answered: 0, refused: 0, discarded: 4 })
  })

  test('with a clock that is off by more than 60 s is told the time, and can check who told it', () => {
    const { rig, client } = createPair()
    // The time by which HELLOs are judged is the machine's own, not the one that ages are counted by.
    rig.clock.utcLeadMs = 3_600_000
    const nowMs = rig.clock.nowMs + rig.clock.utcLeadMs
    for (const offset of [60_001, -60_001, 2 ** 50]) {
      const [answer = new Uint8Array()] = rig.send(client.hello({ clientTimeMs: nowMs + offset }))
      expect(answer).toHaveLength(40)
      expect(readClockRefusal(answer, 0, 40, macKeyOf(apiKey), client.nonce)).toBe(nowMs)
    }
    expect(rig.service.sessions).toEqual({ proven: 0, unproven: 0 })
    for (const offset of [60_000, -60_000]) expect(client.welcomed(rig.send(client.hello({ clientTimeMs: nowMs + offset }))[0])).toBeDefined()
  })

  test('repeated within 120 s from the same place gets the same WELCOME, and its session goes on', () => {
    const { rig, client } = createPair()
    const hello = client.hello()
    const [first] = rig.send(hello)
    client.welcomed(first)
    rig.pass(60_000)
    expect(rig.send(hello)).toEqual([first])
    rig.send(client.ping())
    rig.pass(60_000)
    expect(rig.send(hello, client.hello())).toEqual([first, first])
    expect(rig.service.sessions).toEqual({ proven: 1, unproven: 0 })
    expect(client.isPong(rig.send(client.ping())[0])).toBe(true)
    rig.pass(1)
    const late = client.welcomed(rig.send(client.hello())[0])
    expect(late?.serverTimeMs).toBe(rig.clock.nowMs)
    expect(rig.service.sessions).toEqual({ proven: 1, unproven: 1 })
  })

  test('copied and sent from another address opens a session of its own, without use to the copier', () => {
    const { rig, client } = createPair()
    const hello = client.hello()
    client.welcomed(rig.send(hello)[0])
    const thief = sourceOf('10.6.6.6', 666)
    const [answer] = rig.send({ ...hello, from: thief })
    expect(answer).toHaveLength(64)
    expect(rig.service.sessions.unproven).toBe(2)
    expect(rig.send({ ...client.query('BTC'), from: thief })[0]).toHaveLength(16)
    expect(client.isPong(rig.send(client.ping())[0])).toBe(true)
  })

  test('is answered so often a second for each key, and forged ones do not count', () => {
    const rig = new UdpRig({ limits: { hellosPerSecond: 3 } })
    const clients = ['one', 'other'].map((key) => {
      rig.keys.add(key)
      return new RigClient(rig, key)
    })
    const [one, other] = clients as [RigClient, RigClient]
    for (let i = 0; i < 10; i++) rig.send(change(one.hello(), 63, i))
    const renew = (): RigClient => {
      one.nonce[15] = (one.nonce[15] ?? 0) + 1
      return one
    }
    for (let i = 0; i < 3; i++) renew().open()
    expect(rig.send(renew().hello())).toEqual([undefined])
    expect(rig.count('hello_limit')).toBe(1)
    other.open()
    rig.pass(1000)
    renew().open()
  })

  test('that is copied while it is young can be answered half as often, and keeps its holder from nothing', () => {
    const rig = new UdpRig({ limits: { hellosPerSecond: 4 } })
    rig.keys.add(apiKey)
    const client = new RigClient(rig, apiKey)
    const hello = client.hello()
    client.welcomed(rig.send(hello)[0])
    const copies = Array.from({ length: 50 }, (_, i) => rig.send({ ...hello, from: sourceOf('10.6.6.6', 600 + i) })[0]?.length ?? 0)
    expect(copies.filter((length) => length > 0)).toEqual([64, 64])
    expect(rig.send(hello)).toEqual([undefined])
    client.nonce[15] = 1
    client.open()
    expect(rig.count('hello_limit')).toBe(49)
  })

  test('that is old uses up none of its key, however often it is sent, and is answered as often as any stranger', () => {
    const rig = new UdpRig({ limits: { hellosPerSecond: 1, strangersPerSecond: 4 } })
    rig.keys.add(apiKey)
    const client = new RigClient(rig, apiKey)
    const old = { ...client.hello(), from: sourceOf('10.6.6.6', 666) }
    rig.pass(60_001)
    const answers = Array.from({ length: 9 }, () => rig.send(old)[0]?.length ?? 0)
    expect(answers).toEqual([40, 40, 40, 40, 0, 0, 0, 0, 0])
    expect([rig.count('clock'), rig.count('hello_limit')]).toEqual([4, 5])
    client.open()
  })
})
