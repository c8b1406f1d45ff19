import { ratePlan } from '@trinity/core'
import { describe, expect, test } from 'vitest'
import { RigClient, sourceOf, strangerCode } from '../../../test-support/udp/udp-client.fixture.ts'
import { type Sent, UdpRig } from '../../../test-support/udp/udp-rig.fixture.ts'
import type { UdpParts } from '../parts.ts'

const apiKey = 'session-test-key'

function createPair(options: Partial<UdpParts> = {}, plan?: Parameters<UdpRig['keys']['add']>[1]) {
  const rig = new UdpRig(options)
  const row = rig.keys.add(apiKey, plan)
  rig.price(rig.list('BTC'), '83421.57')
  return { rig, row, client: new RigClient(rig, apiKey).open() }
}

function flip({ bytes, from }: Sent, at: number): Sent {
  const changed = bytes.slice()
  changed[at] = (changed[at] ?? 0) ^ 1
  return { bytes: changed, from }
}

const elsewhere = sourceOf('10.0.0.2', 40_000)

describe('a datagram in a session', () => {
  test('of an unknown session, or from another address or port, gets ERROR 1 without a tag', () => {
    const { rig, client } = createPair()
    const query = client.query('BTC')
    for (const sent of [flip(query, 8), flip(query, 15), { ...query, from: elsewhere }, { ...query, from: sourceOf('10.0.0.1', 40_001) }]) {
      const [answer] = rig.send(sent)
      expect(strangerCode(answer)).toBe(1)
      expect(answer?.subarray(4, 8)).toEqual(query.bytes.subarray(4, 8))
    }
    expect(rig.count('no_session')).toBe(4)
    expect(client.quote(rig.send(query)[0], 'BTC')).toBeDefined()
  })

  test('ERROR 1 goes to one address so often a second, whatever its ports; the rest is silence', () => {
    const { rig, client } = createPair({ limits: { strangersPerSecond: 3 } })
    const query = client.query('BTC')
    const send = (address: string): number[] => [1, 2, 3, 4, 5].map((port) => rig.send({ ...query, from: sourceOf(address, port) })[0]?.length ?? 0)
    expect(send('10.9.9.9')).toEqual([16, 16, 16, 0, 0])
    expect(send('10.9.9.8')).toEqual([16, 16, 16, 0, 0])
    expect(rig.count('session')).toBe(4)
    rig.pass(1000)
    expect(send('10.9.9.9')).toEqual([16, 16, 16, 0, 0])
  })

  test('an IPv6 sender is its network, since a host has 2^64 addresses in it', () => {
    const { rig, client } = createPair({ limits: { strangersPerSecond: 1 } })
    const { bytes } = client.query('BTC')
    const send = (...words: [number, number, number, number]): number => rig.send({ bytes, from: Int32Array.of(...words, 9) })[0]?.length ?? 0
    expect([send(0x20010db8, 1, 0, 1), send(0x20010db8, 1, 5, 6), send(0x20010db8, 2, 0, 1)]).toEqual([16, 0, 16])
  })

  test('with a wrong tag is discarded, whichever bit is wrong, and moves nothing', () => {
    const { rig, client } = createPair()
    const query = client.queryAs(5000, 'BTC')
    for (let at = 16; at < query.bytes.length; at++) expect(rig.send(flip(query, at))).toEqual([undefined])
    for (const at of [4, 5, 6, 7]) expect(rig.send(flip(query, at))).toEqual([undefined])
    expect(rig.count('tag')).toBe(query.bytes.length - 16 + 4)
    expect(rig.service.sessions).toEqual({ proven: 0, unproven: 1 })
    expect(client.quote(rig.send(client.queryAs(10, 'BTC'))[0], 'BTC')).toBeDefined()
    expect(client.quote(rig.send(query)[0], 'BTC')).toBeDefined()
  })

  test('is answered once, in any order within the window', () => {
    const { rig, client } = createPair()
    const sent = [900, 877, 2000, 977].map((id) => client.queryAs(id, 'BTC'))
    expect(rig.send(...sent).map((answer) => answer !== undefined)).toEqual([true, true, true, true])
    expect(rig.send(...sent)).toEqual([undefined, undefined, undefined, undefined])
    expect(rig.send(client.queryAs(976, 'BTC'))).toEqual([undefined])
    expect(rig.count('replay')).toBe(5)
    expect(rig.send(client.queryAs(2 ** 31, 'BTC'))).toEqual([undefined])
    expect(rig.count('request_id')).toBe(1)
  })

  test('rightly tagged but malformed gets ERROR 4, once', () => {
    const { rig, client } = createPair()
    const good = client.query('BTC')
    const changes: ((bytes: Uint8Array) => Uint8Array)[] = [
      (bytes) => bytes.fill(0, 16, 17),
      (bytes) => bytes.fill(31, 16, 17),
      (bytes) => bytes.fill(2, 16, 17),
      (bytes) => bytes.fill(1, 17, 18),
      (bytes) => bytes.fill(0, 18, 19),
      (bytes) => bytes.fill(16, 18, 19),
      (bytes) => bytes.fill(200, 19, 20),
      (bytes) => bytes.slice(0, -1),
      (bytes) => bytes.slice(0, 16),
      (bytes) => new Uint8Array([...bytes, 0]),
      (bytes) => new Uint8Array([...bytes, ...new Uint8Array(1192 - bytes.length)]),
    ]
    for (const [i, change] of changes.entries()) {
      const bad = client.reseal(good, (bytes) => change(bytes).fill(i + 1, 7, 8))
      expect(client.refusal(rig.send(bad)[0])).toMatchObject({ code: 4, retryAfterMs: 0 })
      expect(rig.send(bad)).toEqual([undefined])
    }
    const longPing = client.reseal(client.ping(), (bytes) => new Uint8Array([...bytes, 0]))
    expect(client.refusal(rig.send(longPing)[0])?.code).toBe(4)
    expect(rig.count('malformed')).toBe(12)
    expect(rig.usage.map(({ status }) => status)).toEqual(Array(11).fill(400))
  })

  test('longer than any datagram of the protocol is discarded, rightly tagged or not', () => {
    const { rig, client } = createPair()
    const long = client.reseal(client.query('BTC'), (bytes) => new Uint8Array([...bytes, ...new Uint8Array(1193 - bytes.length)]))
    expect(long.bytes).toHaveLength(1201)
    expect(rig.send(long)).toEqual([undefined])
    expect(rig.count('long')).toBe(1)
  })

  test('PING gets PONG and is neither limited nor metered', () => {
    const { rig, client } = createPair({}, ratePlan(1, 1))
    for (let i = 0; i < 10; i++) expect(client.isPong(rig.send(client.ping())[0])).toBe(true)
    expect(rig.usage).toEqual([])
    expect(client.quote(rig.send(client.query('BTC'))[0], 'BTC')).toBeDefined()
  })

  test('REPORT belongs to another port: ERROR 5', () => {
    const { rig, client } = createPair()
    expect(client.refusal(rig.send(client.report())[0])?.code).toBe(5)
    expect(strangerCode(rig.send({ ...client.report(), from: elsewhere })[0])).toBe(1)
  })

  test('above the rate gets ERROR 2 with the time after which it is admitted', () => {
    const { rig, row, client } = createPair({}, ratePlan(4, 2))
    const answers = rig.send(client.query('BTC'), client.query('BTC'), client.query('BTC'))
    expect(answers.map((answer) => client.quote(answer, 'BTC') !== undefined)).toEqual([true, true, false])
    expect(client.refusal(answers[2])).toEqual({ requestId: 102, code: 2, retryAfterMs: 250 })
    expect(rig.usage.at(-1)).toEqual({ keyRow: row, asset: -1, wireId: 255, tier: 0, protocol: 1, status: 429 })
    rig.pass(249)
    expect(client.refusal(rig.send(client.query('BTC'))[0])).toMatchObject({ code: 2, retryAfterMs: 1 })
    rig.pass(1)
    expect(client.quote(rig.send(client.query('BTC'))[0], 'BTC')).toBeDefined()
  })

  test('above the quota gets ERROR 2 until the month turns', () => {
    const { rig, client } = createPair({}, { ...ratePlan(100, 100), monthlyQueries: 1 })
    // Months turn by the machine's own time, not by the one that ages are counted by.
    rig.clock.utcLeadMs = 20 * 86_400_000
    const answers = rig.send(client.query('BTC', 'ETH'), client.query('BTC'))
    expect(client.quote(answers[0], 'BTC', 'ETH')).toBeDefined()
    const utcMs = rig.clock.nowMs + rig.clock.utcLeadMs
    const now = new Date(utcMs)
    const turn = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1)
    expect(client.refusal(answers[1])).toMatchObject({ code: 2, retryAfterMs: turn - utcMs })
  })

  test('without room in this turn gets ERROR 3, which is metered but costs the key nothing; a limited one is told its limit', () => {
    const { rig, client } = createPair({}, ratePlan(1, 1))
    rig.shedder.hasRoom = false
    const refused = rig.send(client.query('BTC'), client.query('BTC'))
    expect(refused.map((answer) => client.refusal(answer))).toMatchObject(Array(2).fill({ code: 3, retryAfterMs: 250 }))
    expect(client.isPong(rig.send(client.ping())[0])).toBe(true)
    rig.shedder.hasRoom = true
    const answers = [...rig.send(client.query('BTC'), client.query('BTC'))]
    expect(client.quote(answers[0], 'BTC')).toBeDefined()
    rig.shedder.hasRoom = false
    answers.push(...rig.send(client.query('BTC')))
    expect(answers.slice(1).map((answer) => client.refusal(answer))).toMatchObject(Array(2).fill({ code: 2, retryAfterMs: 1000 }))
    expect(rig.usage.map(({ status }) => status)).toEqual([503, 503, 200, 429, 429])
  })

  test('a revoked key ends its sessions with the next datagram', () => {
    const { rig, row, client } = createPair()
    rig.send(client.query('BTC'))
    rig.keys.table.revoke(row)
    expect(strangerCode(rig.send(client.ping())[0])).toBe(1)
    expect(strangerCode(rig.send(client.query('BTC'))[0])).toBe(1)
    expect(rig.service.sessions).toEqual({ proven: 0, unproven: 0 })
    expect(rig.send(client.hello())).toEqual([undefined])
  })

  test('a key revoked between the session check and the limits is not served either', () => {
    const { rig, client } = createPair({ gate: { admit: () => 3, look: () => 3, retryAfterMs: 0 } })
    expect(strangerCode(rig.send(client.query('BTC'))[0])).toBe(1)
    expect(rig.service.sessions).toEqual({ proven: 0, unproven: 0 })
  })

  test('after 600 s of silence the session is over, a PING keeps it', () => {
    const { rig, client } = createPair()
    rig.pass(600_000)
    expect(client.isPong(rig.send(client.ping())[0])).toBe(true)
    rig.pass(600_000)
    expect(client.isPong(rig.send(client.ping())[0])).toBe(true)
    rig.pass(600_001)
    expect(strangerCode(rig.send(client.ping())[0])).toBe(1)
  })

  test('replayed or forged datagrams do not keep a session', () => {
    const { rig, client } = createPair()
    const ping = client.ping()
    rig.send(ping)
    rig.pass(600_000)
    rig.send(ping, flip(client.ping(), 23))
    rig.pass(1)
    expect(strangerCode(rig.send(client.ping())[0])).toBe(1)
  })

  test('no session survives the close of the port', () => {
    const { rig, client } = createPair()
    rig.service.close()
    expect(strangerCode(rig.send(client.ping())[0])).toBe(1)
  })
})
