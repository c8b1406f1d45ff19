import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { ManualTime, settle, until } from '../../test-support/manual-time.ts'
import { rejection, startRig } from '../../test-support/rig.ts'
import type { Incoming } from '../../test-support/scripted-server.ts'
import { refusalCode } from '../protocol.ts'
import { openDatagramPort } from './datagram-port.ts'

const answered = ({ answer, send }: Incoming): void => answer && send(answer)

describe('a query', () => {
  test('returns a quote for each asset in the order asked', async () => {
    const { connect } = await startRig()
    const client = await connect()
    const quotes = await client.query(['eth', 'NOPE', 'Btc'])
    const priced = { status: 'fresh', currency: 'USD', source: 3, cacheTier: 'L1_MEMORY', ageMs: 42, tradedAt: expect.any(Number) }
    expect(quotes).toEqual([
      { asset: 'ETH', price: '3120.10', ...priced },
      { asset: 'NOPE', status: 'unknown' },
      { asset: 'BTC', price: '83421.57', ...priced },
    ])
  })

  test('is one of many under way, answered in any order and more than once', async () => {
    const { connect, server } = await startRig()
    const client = await connect()
    const held: Incoming[] = []
    server.script = (incoming) => held.push(incoming)
    const assets = Array.from({ length: 100 }, (_, i) => (i % 3 === 0 ? 'btc' : i % 3 === 1 ? 'eth' : `x${i}`))
    const queries = assets.map((asset) => client.query([asset]))
    await until(() => held.length === 100)
    for (const incoming of held.toReversed()) {
      answered(incoming)
      answered(incoming)
    }
    const quotes = await Promise.all(queries)
    expect(quotes.map(([quote]) => quote?.asset)).toEqual(assets.map((asset) => asset.toUpperCase()))
    expect(new Set(quotes.slice(0, 2).map(([quote]) => quote !== undefined && 'price' in quote && quote.price))).toEqual(
      new Set(['83421.57', '3120.10']),
    )
    await until(() => client.discarded === 100)
  })

  test('whose datagram is lost is sent again with a new request id', async () => {
    const { connect, server, time } = await startRig()
    const client = await connect()
    server.script = (incoming) => server.of('query').length > 2 && answered(incoming)
    const query = client.query(['btc'])
    for (const count of [1, 2]) {
      await until(() => server.of('query').length === count)
      time.pass(500)
    }
    expect(await query).toMatchObject([{ price: '83421.57' }])
    const [first = 0, ...others] = server.of('query').map(({ requestId }) => requestId)
    expect(first).toBeLessThan(2 ** 30)
    expect(others).toEqual([first + 1, first + 2])
    expect(time.waiting).toBe(1)
  })

  test('takes an answer to an earlier attempt, and drops that to the later one', async () => {
    const { connect, server, time } = await startRig()
    const client = await connect()
    server.script = () => {}
    const query = client.query(['btc'])
    await until(() => server.of('query').length === 1)
    time.pass(500)
    await until(() => server.of('query').length === 2)
    server.of('query').forEach(answered)
    expect(await query).toMatchObject([{ price: '83421.57' }])
    await until(() => client.discarded === 1)
  })

  test('fails with TIMEOUT after its attempts, and an answer that comes later is dropped', async () => {
    const { connect, server, time } = await startRig()
    const client = await connect()
    server.script = () => {}
    const query = rejection(client.query(['btc'], { timeoutMs: 40, attempts: 2 }))
    for (const count of [1, 2]) {
      await until(() => server.of('query').length === count)
      time.pass(40)
    }
    expect(await query).toMatchObject({ name: 'UdpError', code: 'TIMEOUT', retryable: true, message: expect.stringContaining('btc') })
    server.of('query').forEach(answered)
    await until(() => client.discarded === 2)
  })

  test('that fails has what the system reported meanwhile as its cause, unless the server answered since', async () => {
    let failure: ((error: Error) => void) | undefined
    const time = new ManualTime({
      openPort: (host, port, listener) => {
        failure = (error) => listener.failure(error)
        return openDatagramPort(host, port, listener)
      },
    })
    const { connect, server } = await startRig(time)
    const client = await connect()
    const timeout = async (failing: boolean): Promise<unknown> => {
      const before = server.of('query').length
      server.script = () => {}
      const query = rejection(client.query(['btc'], { attempts: 1 }))
      await until(() => server.of('query').length === before + 1)
      if (failing) failure?.(new Error('no route'))
      time.pass(500)
      server.script = answered
      return query
    }
    await client.query(['btc'])
    expect(await timeout(true)).toMatchObject({ code: 'TIMEOUT', cause: { message: 'no route' } })
    time.pass(1000)
    await client.query(['btc'])
    failure?.(new Error('no route for a moment'))
    await client.query(['btc'])
    expect(await timeout(false)).not.toHaveProperty('cause')
  })

  test('is not taken in by forged answers', async () => {
    const { connect, server } = await startRig()
    const client = await connect()
    server.script = ({ answer, refusal, send }) => {
      const right = answer!
      for (let bit = 0; bit < right.length * 8; bit += 7) {
        const forged = right.slice()
        forged[bit >> 3]! ^= 1 << (bit & 7)
        send(forged)
      }
      const refused = refusal(refusalCode.limited, 9999)
      send(Uint8Array.of(...refused.subarray(0, 23), refused[23]! ^ 1))
      send(refused.subarray(0, 16))
      send(right.subarray(0, 20))
      send(new Uint8Array(0))
      send(new Uint8Array(1400).fill(0x54))
      send(right)
    }
    expect(await client.query(['btc'])).toMatchObject([{ price: '83421.57' }])
    expect(client.discarded).toBe(Math.ceil(((39 + 8) * 8) / 7) + 5)
  })

  test.each([
    [refusalCode.limited, 333, { code: 'RATE_LIMITED', retryAfterMs: 333, retryable: true }],
    [refusalCode.overloaded, 1000, { code: 'OVERLOADED', retryAfterMs: 1000, retryable: true }],
    [refusalCode.malformed, 0, { code: 'MALFORMED', retryAfterMs: undefined, retryable: false }],
    [refusalCode.wrongPort, 0, { code: 'WRONG_PORT', retryAfterMs: undefined, retryable: false }],
  ])('refused with ERROR %i fails at once', async (code, retryAfterMs, expected) => {
    const { connect, server } = await startRig()
    const client = await connect()
    server.script = ({ refusal, send }) => send(refusal(code, retryAfterMs))
    expect(await rejection(client.query(['btc']))).toMatchObject({ name: 'UdpError', ...expected })
    expect(server.of('query')).toHaveLength(1)
  })

  test('for more assets than the server takes is not sent', async () => {
    const { connect, server } = await startRig()
    server.maxAssets = 2
    const client = await connect()
    expect(await client.query(['btc', 'eth'])).toHaveLength(2)
    expect(await rejection(client.query(['btc', 'eth', 'doge']))).toMatchObject({ code: 'BAD_REQUEST', message: expect.stringContaining('1 to 2') })
    expect(server.of('query')).toHaveLength(1)
  })

  test('asks for what it was given, also when the caller changes that list meanwhile', async () => {
    const { connect, server, time } = await startRig()
    const client = await connect()
    server.script = (incoming) => server.of('query').length > 1 && answered(incoming)
    const assets = ['btc', 'eth']
    const query = client.query(assets)
    await until(() => server.of('query').length === 1)
    assets.splice(0, 2, 'doge')
    time.pass(500)
    expect(await query).toMatchObject([{ asset: 'BTC' }, { asset: 'ETH' }])
  })

  test('goes on after an ERROR with a code that nobody has given out, however well it is tagged', async () => {
    const { connect, server } = await startRig()
    const client = await connect()
    server.script = ({ refusal, answer, send }) => {
      for (const code of [0, 7, 255]) send(refusal(code, 0))
      send(answer!)
    }
    expect(await client.query(['btc'])).toMatchObject([{ price: '83421.57' }])
    expect(client.discarded).toBe(3)
  })

  test.each([
    ['no asset', []],
    ['31 assets', Array.from({ length: 31 }, () => 'btc')],
    ['an empty symbol', ['']],
    ['16 characters', ['a'.repeat(16)]],
    ['a character beyond ASCII', ['bťc']],
    ['a space', ['b c']],
  ])('for %s is not sent', async (_, assets) => {
    const { connect, server } = await startRig()
    const client = await connect()
    expect(await rejection(client.query(assets))).toMatchObject({ code: 'BAD_REQUEST' })
    await settle()
    expect(server.of('query')).toHaveLength(0)
  })

  test('ends with the reason of its signal', async () => {
    const { connect, server, time } = await startRig()
    const client = await connect()
    const abort = new AbortController()
    await client.query(['btc'], { signal: abort.signal })
    expect(getEventListeners(abort.signal, 'abort')).toEqual([])
    server.script = () => {}
    const query = rejection(client.query(['btc'], { signal: abort.signal }))
    await until(() => server.of('query').length === 2)
    abort.abort(new Error('enough'))
    expect(await query).toMatchObject({ message: 'enough' })
    expect(time.waiting).toBe(1)
    server.of('query').slice(1).forEach(answered)
    await until(() => client.discarded === 1)
    expect(await rejection(client.query(['btc'], { signal: abort.signal }))).toMatchObject({ message: 'enough' })
    expect(server.of('query')).toHaveLength(2)
  })
})
