import { memoryReplay, type ReplayStore } from '@trinity/webhook-client'
import { describe, expect, test, vi } from 'vitest'
import { PriceReceiver } from './price-receiver.ts'
import { otherSecret, priceBody, push, secret, signedDatagram } from './test-support/pushes.fixture.ts'
import { eventually, record, startReceiver } from './test-support/receiver-rig.fixture.ts'

/** Waits until a receiver has come to an end with so many datagrams. */
async function settled(receiver: PriceReceiver, count: number): Promise<void> {
  await eventually(() => expect(receiver.stats()).toMatchObject({ received: count, waiting: 0 }))
}

describe('a genuine datagram', () => {
  test('is told as event and price, as it was sent', async () => {
    const { receiver, send } = await startReceiver()
    const told = record(receiver)
    const body = priceBody(7, { price: '0.000000012300' })
    await send(await signedDatagram(body, { id: 'msg_1' }))
    await settled(receiver, 1)
    expect(told.events).toEqual([{ ...JSON.parse(body), id: 'msg_1', sentAt: expect.any(Number), rawBody: body, late: false }])
    expect(told.sequences).toEqual([7])
  })

  test('is yielded to an iterator', async () => {
    const { receiver, send } = await startReceiver()
    await send(await push(1), await push(2))
    const sequences: number[] = []
    for await (const event of receiver) {
      if (event.type === 'price.update') sequences.push(event.sequence)
      if (sequences.length === 2) break
    }
    expect(sequences).toEqual([1, 2])
  })

  test('waits from the bind on until somebody takes it', async () => {
    const { receiver, send } = await startReceiver()
    receiver.on('gap', () => {})
    await send(await push(1), await push(3))
    await eventually(() => expect(receiver.stats()).toMatchObject({ received: 2, waiting: 2 }))
    const told = record(receiver)
    await settled(receiver, 2)
    expect(told.order).toEqual(['price 1', 'gap 2-2', 'price 3'])
  })

  test('reaches a listener of prices alone', async () => {
    const { receiver, send } = await startReceiver()
    const sequences: number[] = []
    receiver.on('price', ({ sequence }) => sequences.push(sequence))
    await send(await push(1), await push(2))
    await eventually(() => expect(sequences).toEqual([1, 2]))
  })

  test('of another type is an event and no price', async () => {
    const { receiver, send } = await startReceiver()
    const told = record(receiver)
    await send(await signedDatagram('{"type":"endpoint.verify","data":{"token":"tok_1"}}'))
    await send(await signedDatagram('{"type":"weather.update","sequence":1}'), await signedDatagram('null'), await signedDatagram('no JSON'))
    await settled(receiver, 4)
    expect(told.events).toMatchObject([
      { type: 'endpoint.verify', data: { token: 'tok_1' } },
      { type: 'unknown', body: { type: 'weather.update' } },
      { type: 'unknown', body: null },
      { type: 'unknown', body: undefined },
    ])
    expect(told.order).toEqual([])
  })

  test('may be signed by any of several secrets', async () => {
    const { receiver, send } = await startReceiver({ secret: [otherSecret, secret] })
    const told = record(receiver)
    await send(await push(1), await signedDatagram(priceBody(2), {}, otherSecret), await signedDatagram(priceBody(3), {}, [secret, otherSecret]))
    await settled(receiver, 3)
    expect(told.order).toEqual(['price 1', 'price 2', 'price 3'])
  })
})

describe('a datagram is refused that', () => {
  const now = Date.now()
  const cases: readonly [what: string, code: string, datagram: () => Promise<Uint8Array>][] = [
    ['is signed with another secret', 'SIGNATURE_MISMATCH', () => signedDatagram(priceBody(1), {}, otherSecret)],
    ['was changed on its way', 'SIGNATURE_MISMATCH', async () => Buffer.from((await push(1)).toString().replace('83421.570', '93421.570'))],
    ['was sent too long ago', 'TIMESTAMP_TOO_OLD', () => push(1, {}, { now: now - 302_000 })],
    ['comes from the future', 'TIMESTAMP_TOO_NEW', () => push(1, {}, { now: now + 360_000 })],
    ['has expired', 'EXPIRED', () => push(1, { timestamp: now - 61_000 })],
    ['is genuine and wrong', 'EVENT_INVALID', () => signedDatagram('{"type":"price.update","sequence":1}')],
    ['is empty', 'DATAGRAM_INVALID', () => Promise.resolve(new Uint8Array())],
    ['is noise', 'BODY_NOT_UTF8', () => Promise.resolve(Uint8Array.of(255, 0, 254))],
    ['is longer than a push may be', 'DATAGRAM_INVALID', () => signedDatagram(JSON.stringify({ type: 'x', more: 'x'.repeat(1200) }))],
  ]

  test.each(cases)('%s', async (_, code, datagram) => {
    const { receiver, send } = await startReceiver()
    const told = record(receiver)
    await send(await datagram(), await push(5))
    await settled(receiver, 2)
    expect(told.refused).toMatchObject([{ error: { code }, from: { address: '127.0.0.1', port: expect.any(Number) } }])
    expect(told.order).toEqual([code, 'price 5'])
    expect(receiver.stats()).toMatchObject({ events: 1, refused: 1, missing: 0 })
  })

  test('lies outside of a tolerance of its own', async () => {
    const { receiver, send } = await startReceiver({ toleranceSeconds: 2 })
    const told = record(receiver)
    await send(await push(1, {}, { now: now - 10_000 }))
    await settled(receiver, 1)
    expect(told.order).toEqual(['TIMESTAMP_TOO_OLD'])
  })
})

describe('a copy', () => {
  test('of a push is told as duplicate, and no event', async () => {
    const { receiver, send } = await startReceiver()
    const told = record(receiver)
    const first = await push(1, {}, { id: 'msg_1' })
    await send(first, await push(2), first)
    await settled(receiver, 3)
    expect(told.order).toEqual(['price 1', 'price 2', 'duplicate'])
    expect(told.duplicates).toEqual(['msg_1'])
    expect(receiver.stats()).toMatchObject({ received: 3, events: 2, duplicates: 1, refused: 0 })
  })

  test('of an event without sequence is known by its id', async () => {
    const { receiver, send } = await startReceiver()
    const told = record(receiver)
    const body = '{"type":"subscription.quota","data":{}}'
    const notice = await signedDatagram(body, { id: 'msg_1' })
    await send(notice, notice, await signedDatagram(body))
    await settled(receiver, 3)
    expect(told.events).toHaveLength(2)
    expect(told.duplicates).toEqual(['msg_1'])
  })

  test('of what was handled elsewhere is found by the replay store, and not missing', async () => {
    const replay = memoryReplay()
    const { receiver, send } = await startReceiver({ replay })
    const told = record(receiver)
    replay.commit('msg_2')
    await send(await push(1), await push(2, {}, { id: 'msg_2' }), await push(3))
    await settled(receiver, 3)
    expect(told.order).toEqual(['price 1', 'duplicate', 'price 3'])
  })

  test('may be one where the replay store fails: refused', async () => {
    const replay: Pick<ReplayStore, 'seen'> = { seen: (id) => (id === 'msg_1' ? Promise.reject(new Error('gone')) : false) }
    const { receiver, send } = await startReceiver({ replay })
    const told = record(receiver)
    await send(await push(1, {}, { id: 'msg_1' }), await push(2))
    await settled(receiver, 2)
    expect(told.order).toEqual(['REPLAY_FAILED', 'price 2'])
    expect(told.refused[0]?.error.cause).toEqual(new Error('gone'))
  })
})

describe('listeners', () => {
  test('are called until they are taken off, once for each event, whatever they do to the list', async () => {
    const { receiver, send } = await startReceiver()
    const told = record(receiver)
    const once = vi.fn<() => void>((): void => void receiver.off('price', once))
    const again = vi.fn<() => void>((): void => {
      if (again.mock.calls.length < 9) receiver.off('price', again).on('price', again)
    })
    receiver.on('price', once).on('price', again)
    await send(await push(1), await push(2))
    await settled(receiver, 2)
    expect(once).toHaveBeenCalledTimes(1)
    expect(again).toHaveBeenCalledTimes(2)
    expect(told.sequences).toEqual([1, 2])
  })

  test('that throw disturb neither the others nor the receiver', async () => {
    const { receiver, send } = await startReceiver()
    const uncaught: unknown[] = []
    const others = process.rawListeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', (error) => uncaught.push(error))
    try {
      receiver.on('price', ({ sequence }) => {
        throw new Error(`at ${sequence}`)
      })
      const told = record(receiver)
      await send(await push(1), await push(2))
      await settled(receiver, 2)
      expect(told.sequences).toEqual([1, 2])
      await eventually(() => expect(uncaught).toEqual([new Error('at 1'), new Error('at 2')]))
    } finally {
      process.removeAllListeners('uncaughtException')
      for (const other of others) process.on('uncaughtException', other as NodeJS.UncaughtExceptionListener)
    }
  })
})
