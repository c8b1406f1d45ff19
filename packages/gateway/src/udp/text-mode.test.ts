import { describe, expect, test } from 'vitest'
import { sourceOf } from '../../test-support/udp/udp-client.fixture.ts'
import { UdpRig } from '../../test-support/udp/udp-rig.fixture.ts'
import type { AnswerText, TextRequest } from './text-mode.ts'

const loopback = sourceOf('127.0.0.1', 5000)
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

function createRig(answerText: AnswerText | undefined = () => ({ status: 200, body: '{"price":1}' })) {
  const rig = new UdpRig({ answerText })
  const ask = (text: string | Uint8Array, from = loopback): string | undefined => {
    const [answer] = rig.send({ bytes: typeof text === 'string' ? bytesOf(text) : text, from })
    return answer === undefined ? undefined : new TextDecoder().decode(answer)
  }
  return { rig, ask }
}

describe('text mode', () => {
  test('answers a person on loopback with one line', () => {
    const asked: (TextRequest | undefined)[] = []
    const { rig, ask } = createRig((request) => {
      asked.push(request)
      return { status: 200, body: '{"price_text":"1.50"}' }
    })
    const question = '{"asset":"btc","key":"demo"}'
    expect(ask(question)).toBe('{"price_text":"1.50"}\n')
    expect(ask(`${question}\n`, sourceOf('127.8.8.8', 1))).toBe('{"price_text":"1.50"}\n')
    expect(ask(question, Int32Array.of(0, 0, 0, 1, 1))).toBe('{"price_text":"1.50"}\n')
    expect(asked).toEqual(Array(3).fill({ asset: 'btc', key: 'demo' }))
    expect(rig.totals()).toEqual({ received: 3, answered: 3, refused: 0, discarded: 0 })
  })

  test('says nothing to anybody else, whatever the address looks like', () => {
    const { rig, ask } = createRig()
    const strangers = [
      sourceOf('10.0.0.1', 5000),
      sourceOf('128.0.0.1', 5000),
      sourceOf('126.255.255.255', 5000),
      Int32Array.of(0, 0, 0, 2, 1),
      Int32Array.of(0, 0, 0, 0x7f000001, 1),
      Int32Array.of(0, 1, 0xffff, 0x7f000001, 1),
      Int32Array.of(0x20010db8, 0, 0, 1, 1),
    ]
    for (const from of strangers) expect(ask('{"asset":"btc","key":"demo"}', from)).toBeUndefined()
    expect(rig.count('text_mode')).toBe(strangers.length)
  })

  test('never answers an answer, or two servers would go on for ever', () => {
    const { rig, ask } = createRig(() => ({ status: 400, body: '{"status_code":400,"error":{}}' }))
    const answer = ask('{}') ?? ''
    expect(ask(answer)).toBeUndefined()
    expect(ask('{"status_code":')).toBeUndefined()
    expect(ask('{"status_code"')).toBe(answer)
    expect(rig.count('text_mode')).toBe(2)
  })

  test('is silent when it is off', () => {
    const rig = new UdpRig()
    expect(rig.send({ bytes: bytesOf('{"asset":"btc","key":"demo"}'), from: loopback })).toEqual([undefined])
    expect(rig.count('text_mode')).toBe(1)
  })

  test('passes on what it could not read as such, and counts error bodies as refused', () => {
    const asked: (TextRequest | undefined)[] = []
    const { rig, ask } = createRig((request) => {
      asked.push(request)
      return { status: 400, body: '{"status_code":400}' }
    })
    const broken = ['{', '{"asset":', '{"asset":"btc"} x', '{"key":"k","asset":7}', '{}']
    for (const text of broken) expect(ask(text)).toBe('{"status_code":400}\n')
    expect(ask(Uint8Array.of(0x7b, 0xff, 0x7d))).toBe('{"status_code":400}\n')
    const nothing = { asset: undefined, key: undefined }
    expect(asked).toEqual([undefined, undefined, undefined, { asset: undefined, key: 'k' }, nothing, undefined])
    expect(rig.totals().refused).toBe(6)
  })

  test('sends no half of an answer that is too long, and survives a failing answerer', () => {
    const long = createRig(() => ({ status: 200, body: 'x'.repeat(1200) }))
    expect(long.ask('{}')).toBeUndefined()
    expect(long.rig.count('internal')).toBe(1)
    expect(createRig(() => ({ status: 200, body: 'é'.repeat(599) })).ask('{}')).toBe(`${'é'.repeat(599)}\n`)
    const failing = createRig(() => {
      throw new Error('broken')
    })
    expect(failing.ask('{}')).toBeUndefined()
    expect(failing.rig.count('internal')).toBe(1)
  })
})
