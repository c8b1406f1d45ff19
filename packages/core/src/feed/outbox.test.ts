import { describe, expect, test } from 'vitest'
import type { Connector, ConnectorLimits } from '../connector.ts'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { plainVenue, readPlainRequest } from '../testing/fake/plain-venue.ts'
import { Outbox } from './outbox.ts'
import { Pacer } from './pacer.ts'

function makeOutbox(
  limits: Partial<ConnectorLimits>,
  more: Partial<Connector> = {},
): { clock: FakeClock; outbox: Outbox; sent: string[]; asked: string[] } {
  const clock = new FakeClock(0)
  const connector = plainVenue({ ...more, limits: { ...plainVenue().limits, symbolsPerFrame: 2, ...limits } })
  const sent: string[] = []
  const asked: string[] = []
  const outbox = new Outbox(connector, clock, new Pacer(connector.limits.frames), {
    utcNow: () => clock.now(),
    send: (frame) => {
      const { subscribe, unsubscribe, id } = readPlainRequest(frame)
      sent.push(`${clock.now()} ${subscribe === undefined ? '-' : '+'}${(subscribe ?? unsubscribe ?? []).join('')}#${id}`)
    },
    onRequest: (kind, symbols, id) => asked.push(`${kind} ${symbols.join('')}#${id}`),
  })
  return { clock, outbox, sent, asked }
}

describe('the outbox', () => {
  test('nothing goes out before it is started and the pause of the venue is over', () => {
    const { clock, outbox, sent } = makeOutbox({ afterOpenMs: 300 })
    outbox.subscribe(['a'])
    clock.advance(1000)
    outbox.start()
    clock.advance(299)
    expect(sent).toEqual([])
    clock.advance(1)
    expect(sent).toEqual(['1300 +a#1'])
  })

  test('symbols go in batches, each a request of its own', () => {
    const { clock, outbox, sent, asked } = makeOutbox({})
    outbox.subscribe([...'abcde'])
    outbox.start()
    clock.advance(0)
    expect(sent).toEqual(['0 +ab#1', '0 +cd#2', '0 +e#3'])
    expect(asked).toEqual(['subscribe ab#1', 'subscribe cd#2', 'subscribe e#3'])
  })

  test('frames keep the pace of the venue, in order', () => {
    const { clock, outbox, sent } = makeOutbox({ frames: { count: 2, perMs: 1000 } })
    outbox.subscribe([...'abcdefghij'])
    outbox.start()
    clock.advance(1500)
    outbox.unsubscribe(['a'])
    clock.advance(5000)
    expect(sent).toEqual(['0 +ab#1', '0 +cd#2', '1000 +ef#3', '1000 +gh#4', '2000 +ij#5', '2000 -a#6'])
  })

  test('a frame that is too long for the venue is cut in two until it fits, or holds one symbol', () => {
    const { clock, outbox, sent } = makeOutbox({ symbolsPerFrame: 8, frameBytes: JSON.stringify({ subscribe: ['a', 'b', 'c'], id: 1 }).length })
    outbox.subscribe([...'abcdefgh'])
    outbox.start()
    clock.advance(0)
    expect(sent.map((line) => line.replace(/#.*/, ''))).toEqual(['0 +ab', '0 +cd', '0 +ef', '0 +gh'])
    const tiny = makeOutbox({ frameBytes: 1 })
    tiny.outbox.subscribe(['a', 'b'])
    tiny.outbox.start()
    tiny.clock.advance(0)
    expect(tiny.sent.map((line) => line.replace(/#.*/, ''))).toEqual(['0 +a', '0 +b'])
  })

  test('the length of a frame is counted in bytes, not in characters', () => {
    const { clock, outbox, sent } = makeOutbox({ symbolsPerFrame: 8, frameBytes: 40 })
    outbox.subscribe(['ééééé', 'ééééé2'])
    outbox.start()
    clock.advance(0)
    expect(sent).toHaveLength(2)
  })

  test('a request that has not gone out yet is dropped, the others are undone', () => {
    const { clock, outbox, sent } = makeOutbox({ frames: { count: 1, perMs: 1000 } })
    outbox.subscribe([...'abcd'])
    outbox.start()
    clock.advance(0)
    outbox.unsubscribe([...'acd'])
    clock.advance(10_000)
    expect(sent.map((line) => line.replace(/^\d+ |#.*/g, ''))).toEqual(['+ab', '-a'])
  })

  test('frames of one request may be several, and wait one by one', () => {
    const { clock, outbox, sent, asked } = makeOutbox(
      { frames: { count: 1, perMs: 1000 } },
      { subscribe: (symbols, { id }) => symbols.map((symbol) => JSON.stringify({ subscribe: [symbol], id })) },
    )
    outbox.subscribe(['a', 'b'])
    outbox.start()
    clock.advance(0)
    expect([sent, asked]).toEqual([['0 +a#1'], ['subscribe ab#1']])
    clock.advance(1000)
    expect(sent).toEqual(['0 +a#1', '1000 +b#1'])
  })

  test('a stopped one sends nothing more and leaves no timer', () => {
    const { clock, outbox, sent } = makeOutbox({ frames: { count: 1, perMs: 1000 } })
    outbox.subscribe([...'abcd'])
    outbox.start()
    clock.advance(0)
    outbox.stop()
    outbox.subscribe(['e'])
    clock.advance(10_000)
    expect(sent).toEqual(['0 +ab#1'])
    expect(clock.pending).toBe(0)
  })
})
