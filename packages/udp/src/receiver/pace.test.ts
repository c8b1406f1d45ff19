import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { systemReceiverEnvironment } from './environment.ts'
import type { ReceiveListener } from './socket/receive-socket.ts'
import { push } from './test-support/pushes.fixture.ts'
import { eventually, record, startReceiver } from './test-support/receiver-rig.fixture.ts'

const pushes = (count: number, first = 1): Promise<Buffer[]> => Promise.all(Array.from({ length: count }, (_, index) => push(first + index)))
const knowsDrops = existsSync('/proc/net/udp')

/** A receiver, and the listener that it gave its socket. */
async function startWithListener() {
  const listeners: ReceiveListener[] = []
  const openSocket: typeof systemReceiverEnvironment.openSocket = (host, port, bytes, listener) => {
    listeners.push(listener)
    return systemReceiverEnvironment.openSocket(host, port, bytes, listener)
  }
  const { receiver } = await startReceiver({ environment: { ...systemReceiverEnvironment, openSocket } })
  return { receiver, listener: listeners[0]! }
}

describe('a full queue', () => {
  test('drops what comes, counts it, and tells it', async () => {
    const { receiver, send } = await startReceiver({ queueSize: 10 })
    const drops: number[] = []
    receiver.on('drop', ({ dropped }) => drops.push(dropped))
    await send(...(await pushes(25)))
    await eventually(() => expect(receiver.stats()).toMatchObject({ received: 10, dropped: 15, waiting: 10 }))
    expect(drops).toEqual(Array.from({ length: 15 }, (_, index) => index + 1))
    const told = record(receiver)
    await eventually(() => expect(receiver.stats().waiting).toBe(0))
    await send(await push(26))
    await eventually(() => expect(told.order.slice(-2)).toEqual(['gap 11-25', 'price 26']))
    expect(told.sequences).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 26])
    expect(receiver.stats()).toMatchObject({ received: 11, dropped: 15, events: 11, missing: 15 })
  })

  test.skipIf(!knowsDrops)('and a full receive buffer: received + dropped + kernel drops = sent', async () => {
    const { receiver, send } = await startReceiver({ queueSize: 100, receiveBufferBytes: 4096 })
    const datagrams = await pushes(300)
    const told = record(receiver)
    // The system takes each at once, and nobody reads until this turn of the event loop is over.
    await Promise.all(datagrams.map((datagram) => send(datagram)))
    const total = (): number => receiver.stats().received + receiver.stats().dropped + (receiver.stats().kernelDrops ?? 0)
    await eventually(() => expect(total()).toBe(300))
    expect(receiver.stats().kernelDrops).toBeGreaterThan(100)
    await eventually(() => expect(told.events).toHaveLength(receiver.stats().received))
    const { kernelDrops } = receiver.stats()
    await receiver.close()
    expect(receiver.stats().kernelDrops).toBe(kernelDrops)
  })
})

describe('a slow consumer', () => {
  test('gets all in order, gaps when it comes to them, as long as the queue holds', async () => {
    const { receiver, send } = await startReceiver({ queueSize: 50 })
    const order: string[] = []
    receiver.on('gap', ({ first, last }) => order.push(`gap ${first}-${last}`))
    await send(...(await pushes(20)), ...(await pushes(20, 25)))
    for await (const event of receiver) {
      if (event.type !== 'price.update') continue
      order.push(`price ${event.sequence}`)
      await delay(1)
      if (event.sequence === 20) expect(order).not.toContain('gap 21-24')
      if (event.sequence === 44) break
    }
    const price = (_: unknown, index: number): string => `price ${index + 1}`
    expect(order).toEqual([...Array.from({ length: 20 }, price), 'gap 21-24', ...Array.from({ length: 44 }, price).slice(24)])
  })

  test('sets the pace of listeners, too, until it leaves its loop', async () => {
    const { receiver, send } = await startReceiver()
    const told = record(receiver)
    await send(...(await pushes(3)))
    for await (const event of receiver) {
      await delay(10)
      expect(told.events).toEqual([event])
      break
    }
    await eventually(() => expect(told.sequences).toEqual([1, 2, 3]))
  })

  test('may go on where it left', async () => {
    const { receiver, send } = await startReceiver()
    await send(...(await pushes(3)))
    const sequences: unknown[] = []
    while (sequences.length < 3) {
      for await (const event of receiver) {
        sequences.push('sequence' in event && event.sequence)
        break
      }
    }
    expect(sequences).toEqual([1, 2, 3])
  })

  test('may be asked within a listener, and order stays', async () => {
    const { receiver, send } = await startReceiver()
    const iterator = receiver[Symbol.asyncIterator]()
    await send(...(await pushes(3)))
    await delay(50)
    const answers: unknown[] = []
    const ask = async (): Promise<void> => {
      const index = answers.push(undefined) - 1
      answers[index] = (await iterator.next()).value
    }
    receiver.on('event', () => void ask())
    const told = record(receiver)
    void ask()
    await eventually(() => expect(answers.slice(0, 3)).toMatchObject([{ sequence: 1 }, { sequence: 2 }, { sequence: 3 }]))
    expect(told.sequences).toEqual([1, 2, 3])
  })

  test('may be several that share the events', async () => {
    const { receiver, send } = await startReceiver()
    const [one, other] = [receiver[Symbol.asyncIterator](), receiver[Symbol.asyncIterator]()]
    const asked = [one.next(), other.next(), one.next()]
    await send(...(await pushes(3)))
    expect((await Promise.all(asked)).map(({ value }) => value)).toMatchObject([{ sequence: 1 }, { sequence: 2 }, { sequence: 3 }])
    const left = one.next()
    await one.return?.()
    expect(await left).toEqual({ done: true, value: undefined })
    expect(await one.next()).toEqual({ done: true, value: undefined })
    await send(await push(4))
    expect((await other.next()).value).toMatchObject({ sequence: 4 })
  })
})

describe('close', () => {
  test('ends iterators that wait, and those asked later', async () => {
    const { receiver } = await startReceiver()
    const iterator = receiver[Symbol.asyncIterator]()
    const waiting = [iterator.next(), iterator.next()]
    const closed = vi.fn<(end: object) => void>()
    receiver.on('close', closed)
    await Promise.all([receiver.close(), receiver.close()])
    expect(await Promise.all(waiting)).toEqual(Array.from({ length: 2 }, () => ({ done: true, value: undefined })))
    for await (const event of receiver) expect(event).toBeUndefined()
    expect(closed.mock.calls).toEqual([[{ error: undefined }]])
  })

  test('discards what waits, counted, and tells nothing of it', async () => {
    const { receiver, send } = await startReceiver()
    const iterator = receiver[Symbol.asyncIterator]()
    await send(...(await pushes(5)))
    await iterator.next()
    await eventually(() => expect(receiver.stats().received).toBe(5))
    const told = record(receiver)
    await receiver.close()
    await delay(20)
    expect(told.order).toEqual([])
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    expect(receiver.stats()).toMatchObject({ received: 5, events: 1, discarded: 4, waiting: 0 })
  })

  test('within a listener stops what would follow', async () => {
    const { receiver, send } = await startReceiver()
    const told = record(receiver)
    receiver.on('price', ({ sequence }) => void (sequence === 2 && receiver.close()))
    await send(...(await pushes(4)))
    await eventually(() => expect(told.sequences).toEqual([1, 2]))
    await receiver.close()
    await delay(20)
    expect(told.sequences).toEqual([1, 2])
  })

  test('comes with an abort', async () => {
    const abort = new AbortController()
    const { receiver } = await startReceiver({ signal: abort.signal })
    const waiting = receiver[Symbol.asyncIterator]().next()
    abort.abort()
    expect(await waiting).toEqual({ done: true, value: undefined })
  })

  test('drops what the socket delivers afterwards', async () => {
    const { receiver, listener } = await startWithListener()
    await receiver.close()
    listener.message(await push(1), { address: '127.0.0.1', port: 4000 })
    expect(receiver.stats()).toMatchObject({ received: 0, dropped: 0, waiting: 0 })
  })

  test('comes with a failure of the socket, which iterators throw', async () => {
    const { receiver, listener } = await startWithListener()
    const closed = vi.fn<(end: object) => void>()
    receiver.on('close', closed)
    const iterator = receiver[Symbol.asyncIterator]()
    const waiting = iterator.next()
    listener.failure(new Error('no memory'))
    const failure = { name: 'UdpError', code: 'SOCKET_FAILED', retryable: true, cause: new Error('no memory') }
    await expect(waiting).rejects.toMatchObject(failure)
    await expect(iterator.next()).rejects.toMatchObject(failure)
    await receiver.close()
    expect(closed.mock.calls).toMatchObject([[{ error: failure }]])
  })
})
