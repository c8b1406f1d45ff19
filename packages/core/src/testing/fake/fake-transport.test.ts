import { describe, expect, test } from 'vitest'
import { FakeClock } from './fake-clock.ts'
import { FakeTransport } from './fake-transport.ts'

function makeClient(): { clock: FakeClock; transport: FakeTransport; log: string[]; client: ReturnType<FakeTransport['connect']> } {
  const clock = new FakeClock(0)
  const transport = new FakeTransport(clock)
  const log: string[] = []
  const client = transport.connect('wss://plain.test', {
    onOpen: () => log.push('open'),
    onFrame: (frame) => log.push(`frame ${String(frame)}`),
    onClose: ({ code, reason, status, retryAfterMs }) => log.push(`close ${[code, reason, status, retryAfterMs].join(' ').trim()}`),
  })
  return { clock, transport, log, client }
}

describe('the fake transport', () => {
  test('keeps what goes out, and when', () => {
    const { clock, transport, client } = makeClient()
    client.send('too early')
    transport.last.open()
    clock.advance(10)
    client.send('a')
    expect(transport.last).toMatchObject({ url: 'wss://plain.test', connectedAt: 0, sent: [{ what: 'a', at: 10 }] })
    expect([transport.last.takeSent(), transport.last.takeSent()]).toEqual([['a'], []])
    expect(transport.outgoing).toEqual({ connects: 1, frames: 1, requests: 0 })
  })

  test('a venue opens, sends and closes, once', () => {
    const { transport, log } = makeClient()
    transport.last.deliver('nobody hears this')
    transport.last.open()
    transport.last.deliver('a', 'b')
    transport.last.close(1013, 'later', { status: 503, retryAfterMs: 7 })
    transport.last.close()
    transport.last.deliver('c')
    expect(log).toEqual(['open', 'frame a', 'frame b', 'close 1013 later 503 7'])
    expect(() => transport.last.open()).toThrow(/closed/)
  })

  test('a client that gives up hears of the close a moment later, as with a real socket', () => {
    const { clock, transport, log, client } = makeClient()
    transport.last.open()
    client.close()
    client.terminate()
    transport.last.deliver('still on its way')
    expect([transport.last.state, transport.alive.length]).toEqual(['closing', 0])
    clock.advance(0)
    expect([transport.last.state, ...log]).toEqual(['closed', 'open', 'frame still on its way', 'close 1000'])
  })

  test('answers REST requests as it is told', async () => {
    const { transport } = makeClient()
    expect(await transport.request({ url: 'https://plain.test/a' })).toEqual({ status: 404, body: '' })
    transport.answer = ({ url }) => ({ status: 200, body: url })
    expect(await transport.request({ url: 'https://plain.test/b' })).toEqual({ status: 200, body: 'https://plain.test/b' })
    transport.answer = () => {
      throw new Error('no route')
    }
    await expect(transport.request({ url: 'https://plain.test/c' })).rejects.toThrow('no route')
    expect(transport.outgoing.requests).toBe(3)
  })
})
