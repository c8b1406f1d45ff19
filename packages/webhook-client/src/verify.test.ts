import { afterEach, describe, expect, test, vi } from 'vitest'
import { WebhookError, isWebhookError, sign, verify, verifyDatagram, verifyRequest } from './index.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const other = `whsec_${btoa('another secret of thirty-two byt')}`
const now = Date.parse('2026-11-22T10:00:00.500Z')
const price = {
  asset: 'BTC',
  price_text: '83421.570',
  currency: 'USD',
  source: 'coinbase-ws',
  timestamp: null,
  confirmed_at: '2026-11-22T09:59:59.871Z',
  cache_age_seconds: 0.129,
  stale: false,
}
const update = {
  type: 'price.update',
  sequence: 42,
  timestamp: '2026-11-22T10:00:00.000Z',
  expires_at: '2026-11-22T10:01:00.000Z',
  data: { prices: [price] },
}
const body = JSON.stringify(update)

function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'accepted',
    (error: unknown) => (isWebhookError(error) ? error.code : `no WebhookError: ${String(error)}`),
  )
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('an event', () => {
  test('has the fields of its body, its id, when it was sent and the body itself', async () => {
    const event = await verify(secret, await sign(secret, body, { id: 'msg_1', now }), body, { now })
    expect(event).toEqual({ ...update, id: 'msg_1', sentAt: Date.parse('2026-11-22T10:00:00Z'), rawBody: body })
    if (event.type !== 'price.update') throw new Error('not narrowed')
    expect(event.data.prices[0]?.price_text).toBe('83421.570')
  })

  test('whose fields call themselves like those of the delivery keeps those of the delivery', async () => {
    const hostile = JSON.stringify({ ...update, id: 'msg_other', rawBody: '', sentAt: 0 })
    expect(await verify(secret, await sign(secret, hostile, { id: 'msg_1', now }), hostile, { now })).toMatchObject({ id: 'msg_1', rawBody: hostile })
  })

  test('of an unknown type has the parsed body', async () => {
    const unknown = '{"type":"price.alert","data":[1]}'
    const event = await verify(secret, await sign(secret, unknown), unknown)
    expect(event).toMatchObject({ type: 'unknown', body: { type: 'price.alert', data: [1] }, rawBody: unknown })
  })

  test('does not change with the buffer of the body', async () => {
    const buffer = Buffer.from(body)
    const opening = verify(secret, await sign(secret, body, { now }), buffer, { now })
    buffer.fill(0)
    expect((await opening).rawBody).toBe(body)
  })
})

describe('what callers give', () => {
  test.each([
    ['text', body],
    ['a Buffer', Buffer.from(body)],
    ['a part of a larger buffer', new Uint8Array(Buffer.from(`__${body}__`)).subarray(2, -2)],
    ['an ArrayBuffer', new TextEncoder().encode(body).buffer],
    ['a DataView', new DataView(new TextEncoder().encode(body).buffer)],
  ])('the body as %s', async (_what, raw) => {
    expect((await verify(secret, await sign(secret, raw, { now }), raw, { now })).type).toBe('price.update')
  })

  test('headers of fetch, of Node, and none', async () => {
    const headers = await sign(secret, body, { now })
    expect((await verify(secret, new Headers(headers), body, { now })).type).toBe('price.update')
    expect(await codeOf(verify(secret, new Headers(), body, { now }))).toBe('HEADER_MISSING')
    const doubled = new Headers(headers)
    doubled.append('webhook-signature', headers['webhook-signature'])
    expect(await codeOf(verify(secret, doubled, body, { now }))).toBe('HEADER_INVALID')
    for (const none of [undefined, null, 5, 'text', []]) expect(await codeOf(verify(secret, none as never, body, { now }))).toBe('HEADER_MISSING')
  })

  test('the present as number, Date or function', async () => {
    const headers = await sign(secret, body, { now: () => now })
    for (const present of [now, new Date(now), () => now]) {
      expect((await verify(secret, headers, body, { now: present })).type).toBe('price.update')
    }
  })

  test.each([Number.NaN, 'soon', {}, -1])('a tolerance or present that is no number refuses everything: %s', async (nonsense) => {
    const headers = await sign(secret, body, { now })
    expect(await codeOf(verify(secret, headers, body, { now, toleranceSeconds: nonsense as number }))).toMatch(/^TIMESTAMP_/)
    expect(await codeOf(verify(secret, headers, body, { now: nonsense as number }))).toMatch(/^TIMESTAMP_/)
  })

  test('a present between two seconds, which count as they begin', async () => {
    const headers = await sign(secret, '', { now: 1_000_999 })
    const codesAt = (...times: readonly number[]): Promise<readonly string[]> =>
      Promise.all(times.map((present) => codeOf(verify(secret, headers, '', { now: present }))))
    expect(headers['webhook-timestamp']).toBe('1000')
    expect(await codesAt(1_300_000, 1_300_999, 1_301_000)).toEqual(['accepted', 'accepted', 'TIMESTAMP_TOO_OLD'])
    expect(await codesAt(700_000, 699_999)).toEqual(['accepted', 'TIMESTAMP_TOO_NEW'])
  })

  test('a secret or body of any other kind', async () => {
    const headers = await sign(secret, body, { now })
    for (const nonsense of [undefined, null, 5, {}, [], [undefined], Symbol('s'), new Uint8Array(32)]) {
      expect(await codeOf(verify(nonsense as string, headers, body, { now }))).toBe('SECRET_INVALID')
    }
    for (const nonsense of [undefined, null, 5, update, [], true, new Date()]) {
      expect(await codeOf(verify(secret, headers, nonsense as never, { now }))).toBe('BODY_NOT_RAW')
    }
    expect(await codeOf(verify(secret, headers, { byteLength: 5, length: 1e12 } as never, { now }))).toBe('BODY_NOT_UTF8')
  })

  test('an id to sign under; each event has one of its own otherwise', async () => {
    for (const id of ['a.b', 'a,b', 'a b', 'x'.repeat(257)]) expect(await codeOf(sign(secret, body, { id }))).toBe('HEADER_INVALID')
    expect(await codeOf(sign(secret, body, { id: '' }))).toBe('HEADER_MISSING')
    const ids = await Promise.all(Array.from({ length: 100 }, async () => (await sign(secret, ''))['webhook-id']))
    expect(new Set(ids).size).toBe(100)
  })

  test('a store that fails: the error says why', async () => {
    const cause = new Error('no connection')
    const headers = await sign(secret, body, { now })
    const refusal: unknown = await verify(secret, headers, body, { now, replay: { seen: () => Promise.reject(cause) } }).catch(
      (error: unknown) => error,
    )
    expect(refusal).toMatchObject({ code: 'REPLAY_FAILED', status: 503, cause })
  })

  test('an error holds no secret', async () => {
    const secrets = [secret, `${secret}=`, secret.slice(0, 20), other]
    for (const each of secrets) {
      const error: unknown = await verify(each, await sign(secret, body, { now }), 'x', { now }).catch((reason: unknown) => reason)
      const { message, stack = '' } = error as Error
      expect(`${message}${stack}`).not.toContain(each.slice(6))
    }
  })
})

describe('verifyRequest', () => {
  const request = async (raw: string): Promise<Request> =>
    new Request('https://example.com/', { method: 'POST', headers: await sign(secret, raw, { now }), body: raw })

  test('reads the body', async () => {
    expect((await verifyRequest(secret, await request(body), { now })).type).toBe('price.update')
    expect(await codeOf(verifyRequest(other, await request(body), { now }))).toBe('SIGNATURE_MISMATCH')
  })

  test('says that somebody has read it before', async () => {
    const used = await request(body)
    await used.json()
    expect(await codeOf(verifyRequest(secret, used, { now }))).toBe('BODY_NOT_RAW')
  })

  test('takes no body for an empty one', async () => {
    const empty = new Request('https://example.com/', { headers: await sign(secret, '', { now }) })
    expect((await verifyRequest(secret, empty, { now })).type).toBe('unknown')
  })
})

describe('verifyDatagram', () => {
  test('of 20,000 random datagrams accepts none and crashes at none', async () => {
    const headers = await sign(secret, body, { now })
    const good = Buffer.from(`${Object.values(headers).join(' ')}\n${body}`)
    expect((await verifyDatagram(secret, good, { now })).type).toBe('price.update')
    const codes = new Set<string>()
    for (let i = 0; i < 20_000; i++) {
      const bytes = i % 2 === 0 ? crypto.getRandomValues(new Uint8Array(i % 300)) : Buffer.from(good)
      if (i % 2 === 1) bytes[i % bytes.length] = (bytes[i % bytes.length] as number) ^ (1 << (i % 8))
      codes.add(await codeOf(verifyDatagram(secret, bytes, { now })))
    }
    expect([...codes].filter((code) => !/^(DATAGRAM|HEADER|TIMESTAMP|BODY|SIGNATURE)_/.test(code))).toEqual([])
  })
})

describe('the work of one delivery', () => {
  const lists = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `whsec_${btoa(String(i).padStart(24, '.'))}`)

  test('is every secret on every signature, also after one that fits', async () => {
    const secrets = lists(3)
    const headers = await sign(secrets, body, { now })
    const check = vi.spyOn(crypto.subtle, 'verify')
    await verify(secrets, headers, body, { now })
    expect(check).toHaveBeenCalledTimes(9)
  })

  test('has a bound: 16 secrets on 16 signatures', async () => {
    const headers = await sign(lists(16), body, { now })
    const check = vi.spyOn(crypto.subtle, 'verify')
    expect(await codeOf(verify(lists(16), headers, body, { now }))).toBe('accepted')
    expect(check).toHaveBeenCalledTimes(256)
    expect(await codeOf(verify(lists(17), headers, body, { now }))).toBe('SECRET_INVALID')
    expect(await codeOf(sign(lists(17), body))).toBe('SECRET_INVALID')
  })

  test('leaves out signatures of a length that their kind never has, at which some runtimes throw', async () => {
    const headers = await sign(secret, body, { now })
    const check = vi.spyOn(crypto.subtle, 'verify')
    for (const bytes of [0, 16, 31, 33, 64]) {
      const short = { ...headers, 'webhook-signature': `v1,${btoa('x'.repeat(bytes))} v1a,${btoa('x'.repeat(bytes))}` }
      expect(await codeOf(verify(secret, short, body, { now }))).toBe('SIGNATURE_MISMATCH')
    }
    expect(check).not.toHaveBeenCalled()
  })

  test('imports a secret once', async () => {
    const fresh = `whsec_${btoa(String(Math.random()).padEnd(32, '.').slice(0, 32))}`
    const load = vi.spyOn(crypto.subtle, 'importKey')
    const headers = await sign(fresh, body, { now })
    for (let i = 0; i < 10; i++) await verify(fresh, headers, body, { now })
    expect(load).toHaveBeenCalledTimes(1)
  })

  test('keeps 64 imported secrets, and forgets them all when one more comes', async () => {
    vi.resetModules()
    const elsewhere = await import('./index.ts')
    const load = vi.spyOn(crypto.subtle, 'importKey')
    const imports = async (secrets: readonly string[]): Promise<number> => {
      const before = load.mock.calls.length
      for (const each of secrets) await elsewhere.sign(each, '')
      return load.mock.calls.length - before
    }
    const [last = '', ...first] = lists(65)
    expect([await imports(first), await imports(first)]).toEqual([64, 0])
    expect([await imports([last]), await imports([last]), await imports(first)]).toEqual([1, 0, 64])
  })

  test('a forged delivery costs the replay store nothing', async () => {
    const seen = vi.fn<() => boolean>(() => false)
    const headers = await sign(other, body, { now })
    expect(await codeOf(verify(secret, headers, body, { now, replay: { seen } }))).toBe('SIGNATURE_MISMATCH')
    expect(seen).not.toHaveBeenCalled()
  })
})

test('errors are recognised by name, whichever copy of the package made them', () => {
  expect(isWebhookError(new WebhookError('EXPIRED'))).toBe(true)
  expect(isWebhookError(Object.assign(new Error('x'), { name: 'WebhookError', code: 'EXPIRED' }))).toBe(true)
  for (const something of [new Error('x'), null, undefined, 'WebhookError']) expect(isWebhookError(something)).toBe(false)
  expect(new WebhookError('HEADER_MISSING', 'webhook-id')).toMatchObject({
    code: 'HEADER_MISSING',
    status: 400,
    message: 'HEADER_MISSING webhook-id: Pass on all headers.',
  })
})
