import { describe, expect, test } from 'vitest'
import { settle, until } from '../../test-support/manual-time.ts'
import { startRig } from '../../test-support/rig.ts'
import { messageType, refusalCode } from '../protocol.ts'

describe('a session', () => {
  test('is kept alive by a PING after each idle minute, and by none while there is other traffic', async () => {
    const { connect, server, time } = await startRig()
    const client = await connect()
    time.pass(59_999)
    await client.query(['btc'])
    time.pass(59_999)
    await settle()
    expect(server.of('ping')).toHaveLength(0)
    for (const count of [1, 2, 3]) {
      time.pass(count === 1 ? 1 : 60_000)
      await until(() => server.of('ping').length === count)
      await settle()
    }
    expect(client.discarded).toBe(0)
    time.pass(500_000)
    await client.query(['btc'])
    expect(server.of('hello')).toHaveLength(1)
  })

  test('takes one PONG for a PING, and drops what answers nothing', async () => {
    const { connect, server, time } = await startRig()
    const client = await connect()
    server.script = ({ answer, send }) => {
      send(answer!)
      send(answer!)
    }
    time.pass(60_000)
    await until(() => client.discarded === 1)
    const [hello] = server.of('hello')
    const { bytes, send } = hello!
    send(Uint8Array.of(...bytes.subarray(0, 3), messageType.error, 1, 2, 3, 4, refusalCode.noSession, 0, 0, 0, 0, 0, 0, 0))
    await until(() => client.discarded === 2)
    time.pass(1000)
    await settle()
    expect(server.of('hello')).toHaveLength(1)
  })

  test('lost while idle is found out by the PING', async () => {
    const { connect, server, time } = await startRig()
    const client = await connect()
    server.forgetSessions()
    time.pass(60_000)
    await until(() => server.of('hello').length === 2)
    await settle()
    await client.query(['btc'])
    expect(server.received.map(({ type }) => type)).toEqual([1, 7, 1, 3])
  })
})
