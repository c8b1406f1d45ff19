import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { networkInterfaces } from 'node:os'
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isUdpError } from '../error.ts'
import { PriceReceiver } from './price-receiver.ts'
import type { PriceReceiverOptions } from './options.ts'
import { priceBody, push, secret, signedDatagram } from './test-support/pushes.fixture.ts'
import { eventually, record, startReceiver } from './test-support/receiver-rig.fixture.ts'

async function bindError(options: Partial<PriceReceiverOptions>): Promise<unknown> {
  const error: unknown = await PriceReceiver.bind({ secret, ...options }).then(
    (receiver) => receiver.close(),
    (reason: unknown) => reason,
  )
  return error
}

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'))

describe('a receiver', () => {
  test('listens on a free port of the loopback unless told otherwise', async () => {
    const { receiver } = await startReceiver({ host: undefined as never, port: undefined as never })
    expect(receiver.address).toEqual({ address: '127.0.0.1', family: 'IPv4', port: expect.any(Number) })
    expect(receiver.address.port).toBeGreaterThan(0)
  })

  test('listens on IPv4 where a name has both', async () => {
    const { receiver } = await startReceiver({ host: 'localhost' })
    expect(receiver.address.address).toBe('127.0.0.1')
  })

  test.skipIf(!hasIpv6)('listens on IPv6', async () => {
    const { receiver, send } = await startReceiver({ host: '::1' })
    const told = record(receiver)
    await send(await push(1))
    await eventually(() => expect(told.sequences).toEqual([1]))
    if (process.platform === 'linux') expect(receiver.stats().kernelDrops).toBe(0)
  })

  test('tells the receive buffer it was granted', async () => {
    const [small, large] = [await startReceiver({ receiveBufferBytes: 16_384 }), await startReceiver()]
    expect(small.receiver.receiveBufferBytes).toBeLessThanOrEqual(32_768)
    expect(large.receiver.receiveBufferBytes).toBeGreaterThan(small.receiver.receiveBufferBytes)
  })

  test('takes a public key', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const raw = (key: typeof publicKey, part: 'x' | 'd'): string =>
      Buffer.from(key.export({ format: 'jwk' })[part] ?? '', 'base64url').toString('base64')
    const { receiver, send } = await startReceiver({ secret: `whpk_${raw(publicKey, 'x')}` })
    const told = record(receiver)
    await send(await signedDatagram(priceBody(1), {}, `whsk_${raw(privateKey, 'd')}`))
    await eventually(() => expect(told.sequences).toEqual([1]))
  })
})

describe('a bind fails', () => {
  test('where somebody else listens', async () => {
    const other = createSocket('udp4')
    onTestFinished(() => void other.close())
    other.bind(0, '127.0.0.1')
    await once(other, 'listening')
    expect(await bindError({ port: other.address().port })).toMatchObject({ code: 'BIND_FAILED', retryable: true, cause: { code: 'EADDRINUSE' } })
  })

  test('at an address of another machine', async () => {
    expect(await bindError({ host: '192.0.2.1' })).toMatchObject({ code: 'BIND_FAILED', cause: { code: 'EADDRNOTAVAIL' } })
  })

  test.each(['', 'whsec_', 'whsec_short', undefined as never, [], [secret, 'whsec_%'], `whsk_${btoa('32 bytes that are a private key.')}`])(
    'with the secret %j',
    async (wrong) => {
      const error = await bindError({ secret: wrong })
      expect(error).toMatchObject({ code: 'SECRET_INVALID', retryable: false, cause: { name: 'WebhookError' } })
      expect(isUdpError(error)).toBe(true)
    },
  )

  test.each([
    { host: '' },
    { port: -1 },
    { port: 65_536 },
    { port: 1.5 },
    { toleranceSeconds: -1 },
    { toleranceSeconds: Number.NaN },
    { queueSize: 0 },
    { concurrency: 0 },
    { receiveBufferBytes: 0 },
  ])('with %j', async (options) => {
    expect(await bindError(options)).toMatchObject({ code: 'BAD_REQUEST' })
  })

  test('by an abort, before and while it binds', async () => {
    const reason = new Error('enough')
    expect(await bindError({ signal: AbortSignal.abort(reason) })).toBe(reason)
    const abort = new AbortController()
    const binding = bindError({ signal: abort.signal })
    abort.abort(reason)
    expect(await binding).toBe(reason)
  })
})
