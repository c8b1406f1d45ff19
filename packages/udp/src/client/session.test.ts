import { describe, expect, test } from 'vitest'
import { ManualTime, settle, until } from '../../test-support/manual-time.ts'
import { rejection, startRig } from '../../test-support/rig.ts'
import { type Incoming, ScriptedServer } from '../../test-support/scripted-server.ts'
import { messageType, refusalCode } from '../protocol.ts'
import { readHello } from '../wire/hello.ts'

const answered = ({ answer, send }: Incoming): void => answer && send(answer)

describe('HELLO', () => {
  test('is repeated a second apart, with its nonce and the time of each attempt, until it is answered', async () => {
    let now = Date.now()
    const { connect, server, time } = await startRig(new ManualTime({ now: () => now++ }))
    server.script = (incoming) => server.of('hello').length > 2 && answered(incoming)
    const connecting = connect()
    for (const count of [1, 2]) {
      await until(() => server.of('hello').length === count)
      time.pass(999)
      await settle()
      expect(server.of('hello')).toHaveLength(count)
      time.pass(1)
    }
    await connecting
    const hellos = server.of('hello').map(({ bytes }) => readHello(bytes, 0, bytes.length))
    const [first, ...others] = hellos.map((hello) => ({ id: hello?.requestId, nonce: hello?.clientNonce }))
    expect(others).toEqual([first, first])
    expect(new Set(hellos.map((hello) => hello?.clientTimeMs)).size).toBe(3)
  })

  test('without answer is HELLO_UNANSWERED: an unknown key', async () => {
    const { connect, server, time } = await startRig()
    const connecting = rejection(connect({ apiKey: 'some-other-key', attempts: 2 }))
    for (const count of [1, 2]) {
      await until(() => server.of('hello').length === count)
      time.pass(1000)
    }
    const error = await connecting
    expect(error).toMatchObject({ code: 'HELLO_UNANSWERED', retryable: true })
    expect(error).not.toHaveProperty('cause')
    expect(time.waiting).toBe(0)
  })

  test('without answer is HELLO_UNANSWERED: nobody listens, and the cause says so', async () => {
    const { connect, time } = await startRig()
    const connecting = rejection(connect({ port: await freePort() }))
    for (let i = 0; i < 3; i++) {
      await settle()
      time.pass(1000)
    }
    expect(await connecting).toMatchObject({ code: 'HELLO_UNANSWERED', cause: { code: 'ECONNREFUSED' } })
  })

  test('is not taken in by forged welcomes', async () => {
    const { connect, server, time } = await startRig()
    server.script = ({ answer, send }) => {
      const right = answer!
      for (let bit = 0; bit < 64 * 8; bit += 3) {
        const forged = right.slice()
        forged[bit >> 3]! ^= 1 << (bit & 7)
        send(forged)
      }
      send(right)
    }
    const client = await connect()
    expect(client.discarded).toBe(Math.ceil((64 * 8) / 3))
    server.script = answered
    expect(await client.query(['btc'])).toMatchObject([{ price: '83421.57' }])
    expect(time.waiting).toBe(1)
  })

  test('that is answered twice opens one session', async () => {
    const { connect, server, time } = await startRig()
    server.script = ({ answer, send }) => {
      send(answer!)
      send(answer!)
    }
    const client = await connect()
    await until(() => client.discarded === 1)
    server.script = answered
    await client.query(['btc'])
    expect([server.of('query').length, client.discarded, time.waiting]).toEqual([1, 1, 1])
  })

  test.each([
    ['behind', -120_000],
    ['ahead of', 120_000],
  ])('with a clock two minutes %s the server fails with CLOCK and the difference', async (word, offMs) => {
    const { connect } = await startRig(new ManualTime({ now: () => Date.now() + offMs }))
    const error = await rejection(connect())
    expect(error).toMatchObject({ code: 'CLOCK', retryable: false, message: expect.stringContaining(word) })
    expect(Math.abs((error as { offsetMs: number }).offsetMs + offMs)).toBeLessThan(2000)
  })

  test('is not taken in by a forged clock error', async () => {
    const { connect, server } = await startRig()
    server.script = ({ answer, send }) => {
      const forged = new Uint8Array(40)
      forged.set(answer!.subarray(0, 8))
      forged[3] = messageType.error
      forged[8] = refusalCode.clock
      send(forged)
      send(answer!)
    }
    expect((await connect()).discarded).toBe(1)
  })

  test('ends with the reason of the signal, and leaves nothing behind', async () => {
    const { connect, server, time } = await startRig()
    server.script = () => {}
    const abort = new AbortController()
    const connecting = rejection(connect({ signal: abort.signal }))
    await until(() => server.of('hello').length === 1)
    abort.abort(new Error('enough'))
    expect(await connecting).toMatchObject({ message: 'enough' })
    expect(time.waiting).toBe(0)
    const environment = { ...time.environment, openPort: () => Promise.reject(new Error('a socket was opened')) }
    expect(await rejection(connect({ signal: abort.signal, environment }))).toMatchObject({ message: 'enough' })
    expect(server.of('hello')).toHaveLength(1)
  })
})

describe('a lost session', () => {
  test('costs one round trip: HELLO, and what was under way is sent again', async () => {
    const { connect, server, time } = await startRig()
    const client = await connect()
    await client.query(['btc'])
    server.forgetSessions()
    time.pass(1000)
    const quotes = await Promise.all([client.query(['btc']), client.query(['eth'])])
    expect(quotes).toMatchObject([[{ price: '83421.57' }], [{ price: '3120.10' }]])
    expect(server.of('hello')).toHaveLength(2)
    const [first, second] = server.of('hello').map(({ bytes }) => Buffer.from(bytes.subarray(24, 40)).toString('hex'))
    expect(first).not.toBe(second)
    // PING alone: what was sent again waits for nothing of the session before.
    expect(time.waiting).toBe(1)
  })

  test('is asked for anew no more than once a second', async () => {
    const { connect, server, time } = await startRig()
    const client = await connect()
    server.forgetSessions()
    const query = client.query(['btc'])
    await until(() => server.of('query').length === 1)
    await settle()
    expect(server.of('hello')).toHaveLength(1)
    time.pass(999)
    await settle()
    expect(server.of('hello')).toHaveLength(1)
    time.pass(1)
    expect(await query).toMatchObject([{ price: '83421.57' }])
    expect(server.of('hello')).toHaveLength(2)
  })

  test('is not answered by the WELCOME of the session before, while the next HELLO waits for its second', async () => {
    const { connect, server, time } = await startRig()
    let welcome = new Uint8Array()
    server.script = ({ type, answer, send }) => {
      if (type === messageType.hello) welcome = (answer ?? welcome).slice()
      if (answer !== undefined) send(answer)
    }
    const client = await connect()
    server.forgetSessions()
    server.script = ({ type, bytes, answer, send }) => {
      if (type === messageType.hello) return answer && send(answer)
      send(Uint8Array.of(...bytes.subarray(0, 3), messageType.error, ...bytes.subarray(4, 8), refusalCode.noSession, 0, 0, 0, 0, 0, 0, 0))
      send(welcome)
    }
    const query = client.query(['btc'])
    await until(() => server.of('query').length === 1)
    await settle()
    expect([server.of('hello').length, server.of('query').length, client.discarded]).toEqual([1, 1, 1])
    server.script = answered
    time.pass(1000)
    expect(await query).toMatchObject([{ price: '83421.57' }])
    expect(server.of('hello')).toHaveLength(2)
  })

  test('over and over ends the query', async () => {
    const { connect, server, time } = await startRig()
    const client = await connect()
    server.script = ({ type, bytes, answer, send }) => {
      if (type === messageType.hello) send(answer!)
      else send(Uint8Array.of(...bytes.subarray(0, 3), messageType.error, ...bytes.subarray(4, 8), refusalCode.noSession, 0, 0, 0, 0, 0, 0, 0))
    }
    const query = rejection(client.query(['btc'], { attempts: 2 }))
    for (const count of [1, 2, 3]) {
      // PING, the query, and the HELLO that waits for its second.
      await until(() => server.of('query').length === count && time.waiting === 3)
      time.pass(1000)
    }
    expect(await query).toMatchObject({ code: 'TIMEOUT' })
    expect(server.of('hello')).toHaveLength(4)
  })

  test('said by a forger leaves the answers of the true one good', async () => {
    const { connect, server, time } = await startRig()
    const client = await connect()
    server.script = ({ bytes, answer, send }) => {
      send(Uint8Array.of(...bytes.subarray(0, 3), messageType.error, ...bytes.subarray(4, 8), refusalCode.noSession, 0, 0, 0, 0, 0, 0, 0))
      send(answer!)
    }
    expect(await client.query(['btc'])).toMatchObject([{ price: '83421.57' }])
    server.script = answered
    time.pass(1000)
    expect(await client.query(['eth'])).toMatchObject([{ price: '3120.10' }])
    expect(server.of('hello')).toHaveLength(2)
  })

  test('of a revoked key ends in HELLO_UNANSWERED, for all that is under way', async () => {
    const { connect, server, time } = await startRig()
    const client = await connect({ attempts: 2 })
    server.revokeKeys()
    const queries = [client.query(['btc']), client.query(['eth'])].map(rejection)
    await until(() => time.waiting === 4)
    time.pass(3000)
    expect(await Promise.all(queries)).toMatchObject([{ code: 'HELLO_UNANSWERED' }, { code: 'HELLO_UNANSWERED' }])
    expect(time.waiting).toBe(0)
  })

  test('shows itself by plain silence too', async () => {
    const { connect, server, time } = await startRig()
    const client = await connect()
    server.forgetSessions()
    server.script = ({ type, answer, send }) => type === messageType.hello && send(answer!)
    const query = rejection(client.query(['btc'], { attempts: 1 }))
    await until(() => server.of('query').length === 1)
    time.pass(500)
    expect(await query).toMatchObject({ code: 'TIMEOUT' })
    time.pass(500)
    await until(() => server.of('hello').length === 2)
    server.script = answered
    expect(await client.query(['btc'])).toMatchObject([{ price: '83421.57' }])
  })
})

describe('a session', () => {
  test('is followed by the next when its request ids are used up', async () => {
    const { connect, server, time } = await startRig()
    const client = await connect({ requestsPerSession: 2 })
    await client.query(['btc'])
    await client.query(['btc'])
    const query = client.query(['eth'])
    time.pass(1000)
    expect(await query).toMatchObject([{ price: '3120.10' }])
    expect(server.received.map(({ type }) => type)).toEqual([1, 3, 3, 1, 3])
  })

  test('is not used when the server will have forgotten it', async () => {
    const { connect, server, time } = await startRig()
    const client = await connect()
    server.script = ({ type, answer, send }) => type !== messageType.ping && send(answer!)
    time.pass(600_000)
    await settle()
    expect(await client.query(['btc'])).toMatchObject([{ price: '83421.57' }])
    expect(server.received.filter(({ type }) => type !== messageType.ping).map(({ type }) => type)).toEqual([1, 1, 3])
  })
})

describe('closing', () => {
  test('ends what is under way, and may be done again', async () => {
    const { connect, server, time } = await startRig()
    const client = await connect()
    server.script = () => {}
    const query = rejection(client.query(['btc']))
    await until(() => server.of('query').length === 1)
    await Promise.all([client.close(), client.close()])
    expect(await query).toMatchObject({ code: 'CLOSED' })
    expect(await rejection(client.query(['btc']))).toMatchObject({ code: 'CLOSED' })
    expect(time.waiting).toBe(0)
  })
})

test('options that make no sense are refused', async () => {
  const { connect } = await startRig()
  for (const options of [{ port: 0 }, { port: 70_000 }, { timeoutMs: 0 }, { attempts: 1.5 }, { requestsPerSession: 2 ** 31 }])
    expect(await rejection(connect(options))).toMatchObject({ code: 'BAD_REQUEST', message: expect.stringContaining(Object.keys(options)[0]!) })
})

async function freePort(): Promise<number> {
  const server = new ScriptedServer()
  const port = await server.start()
  await server.stop()
  return port
}
