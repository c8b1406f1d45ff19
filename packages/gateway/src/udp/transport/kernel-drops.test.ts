import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type SocketTables, createKernelDrops } from './kernel-drops.ts'
import { connectClient, numbered, openForTest, transportKinds } from './test-support/transport-rig.fixture.ts'

const head = '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops            '

/** A line as the kernel writes it. */
function line(port: number, inode: number, drops: number, address = '0100007F'): string {
  const local = `${address}:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return `  721: ${local} 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 ${inode} 2 0000000000000000 ${drops}         `
}

/** Tables that a test rewrites. */
function fakeTables(): SocketTables & { four: string[]; six: string[]; own: number[] } {
  const fake = {
    four: [] as string[],
    six: [] as string[],
    own: [] as number[],
    tables: () => [fake.four, fake.six].map((lines) => `${[head, ...lines].join('\n')}\n`),
    ownInodes: () => new Set(fake.own.map(String)),
  }
  return fake
}

describe('drops of the kernel', () => {
  test('of all own sockets on the ports, IPv4 and IPv6, and of no other', () => {
    const tables = fakeTables()
    tables.own = [11, 12, 13, 14]
    tables.four = [line(2679, 11, 5), line(2680, 12, 7), line(2679, 99, 1000), line(53, 14, 2000)]
    tables.six = [line(2679, 13, 100, '00000000000000000000000001000000')]
    expect(createKernelDrops([2679, 2680], tables).total()).toBe(112)
  })

  test('stay counted when their socket is gone, and when its inode comes back', () => {
    const tables = fakeTables()
    const drops = createKernelDrops([2679], tables)
    expect(drops.total()).toBe(0)
    tables.own = [11]
    tables.four = [line(2679, 11, 5)]
    expect(drops.total()).toBe(5)
    tables.four = [line(2679, 11, 9)]
    expect(drops.total()).toBe(9)
    tables.own = []
    tables.four = []
    expect(drops.total()).toBe(9)
    tables.own = [11, 12]
    tables.four = [line(2679, 11, 1), line(2679, 12, 2)]
    expect(drops.total()).toBe(12)
    tables.four = [line(2679, 11, 0), line(2679, 12, 2)]
    expect(drops.total()).toBe(12)
  })

  test('of a port that was opened later', () => {
    const tables = fakeTables()
    tables.own = [11]
    tables.four = [line(4000, 11, 3)]
    const ports = new Set<number>()
    const drops = createKernelDrops(ports, tables)
    expect(drops.total()).toBe(0)
    ports.add(4000)
    expect(drops.total()).toBe(3)
  })

  test('are unknown where the kernel does not tell', () => {
    expect(createKernelDrops([1], { tables: () => undefined, ownInodes: () => new Set() }).total()).toBeUndefined()
    expect(createKernelDrops([1], { tables: () => [], ownInodes: () => undefined }).total()).toBeUndefined()
  })
})

describe.skipIf(!existsSync('/proc/net/udp')).each(transportKinds)('a %s socket that is not read in time', (kind) => {
  test('sent = received + drops, exactly', async () => {
    let received = 0
    const transport = await openForTest(kind, ({ first, end }) => void (received += end - first))
    const ports = new Set([transport.port])
    const drops = createKernelDrops(ports)
    const client = await connectClient(transport.port)
    const datagram = Buffer.alloc(600)
    const sent = 25_000
    // All in one turn of the event loop, on the thread of the socket: nobody reads meanwhile.
    client.send(Array.from({ length: sent }, () => datagram))
    await expect.poll(() => received + (drops.total() ?? 0), { interval: 20, timeout: 10_000 }).toBe(sent)
    expect(received).toBeGreaterThan(0)
    expect(drops.total()).toBeGreaterThan(0)
    expect(drops.total()).toBe(sent - received)

    await transport.close()
    expect(drops.total()).toBe(sent - received)
  })
})

test.skipIf(!existsSync('/proc/net/udp'))('drops of another process on the same port are not ours', async () => {
  const stalled = `
    const socket = require('node:dgram').createSocket({ type: 'udp4', reusePort: true })
    socket.bind(0, '127.0.0.1', () => {
      require('node:fs').writeSync(1, String(socket.address().port))
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    })`
  const child = spawn(process.execPath, ['-e', stalled], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [printed] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(printed)
  const client = await connectClient(port)
  client.send(Array.from({ length: 5000 }, () => numbered(1)))
  const everybodys = readFileSync('/proc/net/udp', 'utf8')
    .split('\n')
    .find((text) => text.includes(`0100007F:${port.toString(16).toUpperCase()} 00000000`))
  expect(Number(everybodys?.trim().split(/\s+/).at(-1))).toBeGreaterThan(0)
  expect(createKernelDrops([port]).total()).toBe(0)
})
