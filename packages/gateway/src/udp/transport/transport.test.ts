import { existsSync, readdirSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { describe, expect, test } from 'vitest'
import {
  connectClient,
  echo,
  nativeMissing,
  numbered,
  openForTest,
  settle,
  transportKinds,
  transportMemory,
} from './test-support/transport-rig.fixture.ts'
import { type UdpHandler, batchSlots, slotBytes } from './transport.ts'

test('the native transport is tested too', ({ skip }) => {
  skip(nativeMissing !== undefined, nativeMissing)
  expect(transportKinds).toContain('native')
})

/** The machine may be busy. */
const patience = { interval: 1, timeout: 5000 }
const numbers = Array.from({ length: batchSlots }, (_, index) => index)
const readNumbers = (datagrams: readonly Buffer[]): readonly number[] => datagrams.map((bytes) => bytes.readUInt32BE())
const hasIpv6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'))

describe.each(transportKinds)('%s transport', (kind) => {
  test('answers each sender with its own bytes', async () => {
    const { port, kind: opened, receiveBufferBytes } = await openForTest(kind, echo)
    expect(opened).toBe(kind)
    expect(receiveBufferBytes).toBeGreaterThan(64 * 1024)
    const clients = await Promise.all(numbers.map(() => connectClient(port)))
    for (const [index, client] of clients.entries()) client.send([numbered(index), numbered(1000 + index, 40)])
    for (const [index, client] of clients.entries()) expect(await client.replies(2)).toEqual([numbered(index), numbered(1000 + index, 40)])
  })

  test('hands over what has come in batches of at most 64, in its order, and answers all of it', async () => {
    const counts: number[] = []
    const { port } = await openForTest(kind, (batch) => {
      counts.push(batch.end - batch.first)
      echo(batch)
    })
    const client = await connectClient(port)
    client.send(Array.from({ length: 150 }, (_, index) => numbered(index)))
    expect(readNumbers(await client.replies(150))).toEqual(Array.from({ length: 150 }, (_, index) => index))
    // Of one socket node:dgram reads 32 in a turn.
    expect(counts).toEqual(kind === 'native' ? [64, 64, 22] : [32, 32, 32, 32, 22])
  })

  test.each([
    ['empty', new Uint8Array(0)],
    ['longer than a slot', new Uint8Array(9000)],
    ['one byte long', new Uint8Array(1)],
  ])('63 good datagrams get 63 answers whichever place a bad one takes: %s', async (_, hostile) => {
    const { port, failures } = await openForTest(kind, (batch) => {
      echo(batch)
      for (let i = batch.first; i < batch.end; i++) if (batch.rxLength[i] !== 36) batch.txLength[i] = 0
    })
    const clients = await Promise.all(numbers.map(() => connectClient(port)))
    for (const [place, client] of clients.entries()) {
      client.send(numbers.map((number) => (number === place ? hostile : numbered(number))))
      await client.replies(63)
    }
    await settle()
    for (const [place, { received }] of clients.entries()) expect(readNumbers(received)).toEqual(numbers.filter((number) => number !== place))
    expect(failures).toMatchObject({ handler: 0, send: 0 })
  })

  test('an exception of the handler is counted, and costs no answer that was written', async () => {
    let lost = 0
    const { port, failures } = await openForTest(kind, (batch) => {
      for (let i = batch.first; i < batch.end; i++) {
        const slot = batch.rxStart + i * slotBytes
        if (batch.memory[slot + 3] === 40) {
          lost = batch.end - i
          throw new Error('a bug')
        }
        batch.memory.copyWithin(batch.txStart + i * slotBytes, slot, slot + 36)
        batch.txLength[i] = 36
      }
    })
    const client = await connectClient(port)
    client.send(numbers.map((number) => numbered(number)))
    await client.replies(40)
    await settle()
    const answered = numbers.filter((number) => number < 40 || number >= 40 + lost)
    expect(lost).toBe(24)
    expect(readNumbers(client.received)).toEqual(answered)
    expect(failures).toMatchObject({ handler: 1, send: 0 })

    client.send([numbered(99)])
    expect(readNumbers(await client.replies(answered.length + 1)).at(-1)).toBe(99)
  })

  test('an answer longer than its slot is refused and counted; its neighbours go out', async () => {
    const { port, failures } = await openForTest(kind, (batch) => {
      echo(batch)
      for (let i = batch.first; i < batch.end; i++) if (batch.memory[batch.rxStart + i * slotBytes + 3] === 1) batch.txLength[i] = slotBytes + 1
    })
    const client = await connectClient(port)
    client.send([numbered(0), numbered(1), numbered(2)])
    await client.replies(2)
    await settle()
    expect(readNumbers(client.received)).toEqual([0, 2])
    expect(failures).toMatchObject({ handler: 1, send: 0 })
  })

  test('regression: nothing that a previous sender left is within the length of a datagram', async () => {
    const seen: { readonly length: number; readonly bytes: Buffer }[] = []
    const { port } = await openForTest(kind, ({ first, end, memory, rxStart, rxLength }) => {
      for (let i = first; i < end; i++) {
        const length = rxLength[i] ?? 0
        const slot = rxStart + i * slotBytes
        seen.push({ length, bytes: Buffer.from(memory.subarray(slot, slot + Math.min(length, slotBytes))) })
      }
    })
    const before = await connectClient(port)
    const client = await connectClient(port)
    for (const length of [0, 1, 35, 36, 37, slotBytes - 1, slotBytes, slotBytes + 1, 9000]) {
      seen.length = 0
      before.send([Buffer.alloc(slotBytes, 'secret')])
      await expect.poll(() => seen.length, patience).toBe(1)
      client.send([Buffer.alloc(length, 7)])
      await expect.poll(() => seen.length, patience).toBe(2)
      expect(seen[1]).toEqual({ length, bytes: Buffer.alloc(Math.min(length, slotBytes), 7) })
    }
  })

  test('a datagram longer than its slot stays within it', async () => {
    const { memory, memoryStart } = transportMemory()
    memory.fill(0xee)
    let seen = 0
    const { port } = await openForTest(kind, ({ rxLength }) => void (seen = rxLength[0] ?? 0), { memory, memoryStart })
    const client = await connectClient(port)
    client.send([Buffer.alloc(65_000, 7)])
    await expect.poll(() => seen, patience).toBe(65_000)
    const touched = [...memory.keys()].filter((at) => memory[at] !== 0xee)
    expect([touched[0], touched.length]).toEqual([memoryStart, slotBytes])
  })

  test('no answer is left over from the batch before', async () => {
    let isAnswering = true
    const { port } = await openForTest(kind, (batch) => {
      expect([...batch.txLength.subarray(batch.first, batch.end)]).toEqual(Array.from({ length: batch.end - batch.first }, () => 0))
      if (isAnswering) echo(batch)
      isAnswering = false
    })
    const client = await connectClient(port)
    client.send([numbered(1)])
    await client.replies(1)
    client.send([numbered(2)])
    await settle()
    expect(readNumbers(client.received)).toEqual([1])
  })

  test('two sockets with reusePort share the senders of a port', async () => {
    const shares = [0, 0]
    const countAt =
      (at: 0 | 1): UdpHandler =>
      (batch) => {
        shares[at] = (shares[at] ?? 0) + batch.end - batch.first
        echo(batch)
      }
    const { port } = await openForTest(kind, countAt(0), { reusePort: true })
    await openForTest(kind, countAt(1), { reusePort: true, port })
    const clients = await Promise.all(numbers.map(() => connectClient(port)))
    for (const client of clients) client.send([numbered(7)])
    for (const client of clients) await client.replies(1)
    expect(shares[0]! + shares[1]!).toBe(64)
    expect(Math.min(...shares)).toBeGreaterThan(0)
  })

  test('a sender is known by four words of IPv6 and its port', async () => {
    const sources: number[][] = []
    const { port } = await openForTest(kind, ({ first, end, source }) => {
      for (let i = first; i < end; i++) sources.push([...source.subarray(5 * i, 5 * i + 5)])
    })
    const clients = [await connectClient(port), await connectClient(port)]
    for (const client of clients) client.send([numbered(1)])
    await expect.poll(() => sources.length, patience).toBe(2)
    expect(sources).toEqual(clients.map(({ socket }) => [0, 0, 0xffff, 0x7f000001, socket.address().port]))
  })

  test.skipIf(!hasIpv6)('serves IPv6, and IPv4 on a socket for both', async () => {
    const sources: number[][] = []
    const { port } = await openForTest(
      kind,
      (batch) => {
        for (let i = batch.first; i < batch.end; i++) sources.push([...batch.source.subarray(5 * i, 5 * i + 5)])
        echo(batch)
      },
      { host: '::' },
    )
    const six = await connectClient(port, '::1')
    six.send([numbered(6)])
    expect(readNumbers(await six.replies(1))).toEqual([6])
    const four = await connectClient(port)
    four.send([numbered(4)])
    expect(readNumbers(await four.replies(1))).toEqual([4])
    expect(sources).toEqual([
      [0, 0, 0, 1, six.socket.address().port],
      [0, 0, 0xffff, 0x7f000001, four.socket.address().port],
    ])
  })

  test('a close from within the handler still lets the answers out, and frees the port', async () => {
    let calls = 0
    const transport = await openForTest(kind, (batch) => {
      calls++
      echo(batch)
      void transport.close()
    })
    const client = await connectClient(transport.port)
    const answered = numbers.slice(0, kind === 'native' ? 64 : 32)
    client.send(numbers.map((number) => numbered(number)))
    await client.replies(answered.length)
    await transport.close()
    await settle()
    expect(readNumbers(client.received)).toEqual(answered)
    expect(calls).toBe(1)

    const next = await openForTest(kind, echo, { port: transport.port })
    expect(next.port).toBe(transport.port)
  })

  test('what the handler put off runs before the next socket is looked at', async () => {
    const order: string[] = []
    const handle: UdpHandler = () => {
      order.push('call')
      void Promise.resolve().then(() => order.push('promise'))
      process.nextTick(() => order.push('tick'))
    }
    const ports = [(await openForTest(kind, handle)).port, (await openForTest(kind, handle)).port]
    // Both have something to read in the same turn of the event loop.
    const clients = await Promise.all(ports.map((port) => connectClient(port)))
    for (const client of clients) client.send([numbered(1)])
    await expect.poll(() => order, patience).toEqual(['call', 'tick', 'promise', 'call', 'tick', 'promise'])
  })

  test.skipIf(!existsSync('/proc/self/fd'))('opening and closing leaves no descriptor behind', async () => {
    const count = (): number => readdirSync('/proc/self/fd').length
    const before = count()
    for (let round = 0; round < 300; round++) await (await openForTest(kind, echo)).close()
    expect(count()).toBe(before)
  })
})
