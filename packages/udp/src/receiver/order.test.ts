import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PriceReceiver } from './price-receiver.ts'
import { openSender, push, secret, signedDatagram } from './test-support/pushes.fixture.ts'
import { eventually, record, startReceiver } from './test-support/receiver-rig.fixture.ts'

async function receive(datagrams: readonly Uint8Array[]) {
  const { receiver, send } = await startReceiver()
  const told = record(receiver)
  await send(...datagrams)
  await eventually(() => expect(receiver.stats()).toMatchObject({ received: datagrams.length, waiting: 0 }))
  return { told, stats: receiver.stats() }
}

const pushes = (...sequences: readonly number[]): Promise<Buffer[]> => Promise.all(sequences.map((sequence) => push(sequence, { timestamp })))
const timestamp = Date.now()

describe('order', () => {
  test('a gap is told before the push that shows it', async () => {
    const { told, stats } = await receive(await pushes(3, 4, 8, 9, 11))
    expect(told.order).toEqual(['price 3', 'price 4', 'gap 5-7', 'price 8', 'price 9', 'gap 10-10', 'price 11'])
    expect(told.gaps[0]).toEqual({ first: 5, last: 7, count: 3, subscription: undefined })
    expect(stats.missing).toBe(4)
  })

  test('an overtaken push is told as late', async () => {
    const { told, stats } = await receive(await pushes(1, 3, 2, 4))
    expect(told.order).toEqual(['price 1', 'gap 2-2', 'price 3', 'late price 2', 'price 4'])
    expect(stats).toMatchObject({ events: 4, late: 1, missing: 0 })
  })

  test('a refused push is missing', async () => {
    const expired = await push(2, { timestamp: timestamp - 90_000 })
    const { told } = await receive([await push(1), expired, await push(3)])
    expect(told.order).toEqual(['price 1', 'EXPIRED', 'gap 2-2', 'price 3'])
  })

  test('subscriptions are counted apart where bodies name them', async () => {
    const of = (subscription_id: string, sequence: number): Promise<Buffer> => push(sequence, { subscription_id, timestamp })
    const { told } = await receive([await of('a', 1), await of('b', 9), await of('a', 2), await push(5), await of('b', 11), await of('b', 9)])
    expect(told.order).toEqual(['price 1', 'price 9', 'price 2', 'price 5', 'gap 10-10', 'price 11', 'duplicate'])
    expect(told.gaps[0]?.subscription).toBe('b')
  })

  test('events of every type count, where they have a sequence', async () => {
    const quota = await signedDatagram('{"type":"subscription.quota","sequence":2,"data":{}}')
    const unknown = await signedDatagram('{"type":"new","sequence":4}')
    const { told } = await receive([await push(1), quota, await push(3), unknown, await push(6), unknown])
    expect(told.order).toEqual(['price 1', 'price 3', 'gap 5-5', 'price 6', 'duplicate'])
  })

  test('a sender that counts anew is heard, and its old datagrams are copies', async () => {
    const old = await Promise.all([1, 2, 3].map((sequence) => push(sequence, { timestamp: timestamp - 1000 + sequence })))
    const anew = await pushes(1, 2)
    const { told } = await receive([...old, ...anew.slice(0, 1), ...old, ...anew.slice(1)])
    const copies = ['duplicate', 'duplicate', 'duplicate']
    expect(told.order).toEqual(['price 1', 'price 2', 'price 3', 'restart', 'price 1', ...copies, 'price 2'])
  })

  test('a sender that begins anew is heard by who came in the middle of its first count, with nothing late or missing', async () => {
    const old = await Promise.all([40, 41, 42].map((sequence) => push(sequence, { timestamp: timestamp - 1000 + sequence })))
    const { told, stats } = await receive([...old, ...(await pushes(1, 2, 4)), ...old])
    const copies = ['duplicate', 'duplicate', 'duplicate']
    expect(told.order).toEqual(['price 40', 'price 41', 'price 42', 'restart', 'price 1', 'price 2', 'gap 3-3', 'price 4', ...copies])
    expect(stats).toMatchObject({ late: 0, missing: 1 })
  })
})

test('whatever is lost, doubled and overtaken: gaps less what came late are what is missing, exactly', async () => {
  const count = 120
  const datagrams = await pushes(...Array.from({ length: count }, (_, sequence) => sequence))
  const order = fc.record({
    delays: fc.array(fc.nat(40), { minLength: count, maxLength: count }),
    lost: fc.uniqueArray(fc.nat(count - 1)),
    copies: fc.array(fc.nat(count - 1), { maxLength: 30 }),
    concurrency: fc.integer({ min: 1, max: 80 }),
  })
  await fc.assert(
    fc.asyncProperty(order, async ({ delays, lost, copies, concurrency }) => {
      const sent = Array.from({ length: count }, (_, sequence) => sequence).filter((sequence) => !lost.includes(sequence))
      const arriving = [...sent, ...copies.filter((sequence) => !lost.includes(sequence))].toSorted((a, b) => a + delays[a]! - b - delays[b]!)
      const receiver = await PriceReceiver.bind({ secret, concurrency })
      const sender = await openSender(receiver.address.port)
      try {
        const told = record(receiver)
        await sender.send(...arriving.map((sequence) => datagrams[sequence]!))
        await eventually(() => expect(receiver.stats()).toMatchObject({ received: arriving.length, waiting: 0 }))
        expect(told.sequences).toEqual([...new Set(arriving)])
        expect(told.duplicates).toHaveLength(arriving.length - sent.length)
        const inGaps = told.gaps.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, index) => first + index))
        expect(new Set(inGaps).size).toBe(inGaps.length)
        const missing = inGaps.filter((sequence) => !told.sequences.includes(sequence))
        const between = lost.filter((sequence) => sequence > Math.min(...sent) && sequence < Math.max(...sent))
        expect(missing.toSorted((a, b) => a - b)).toEqual(between.toSorted((a, b) => a - b))
        expect(receiver.stats()).toMatchObject({ events: sent.length, missing: between.length })
      } finally {
        sender.close()
        await receiver.close()
      }
    }),
    { numRuns: 25 },
  )
})
