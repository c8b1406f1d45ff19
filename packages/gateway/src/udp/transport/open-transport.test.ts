import { writeFileSync } from 'node:fs'
import { type Socket, type SocketOptions, createSocket } from 'node:dgram'
import { join } from 'node:path'
import { isTrinityError } from '@trinity/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { tempFolder } from '../../../test-support/temp-folder.fixture.ts'
import { openDgramTransport } from './dgram-transport.ts'
import { type LoadedAddon, loadNativeAddon } from './native-transport.ts'
import { openTransport } from './open-transport.ts'
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
import { type UdpBinding, type UdpHandler, batchSlots } from './transport.ts'

const binding = (at: Partial<UdpBinding> = {}): UdpBinding => ({
  host: '127.0.0.1',
  port: 0,
  reusePort: false,
  ...transportMemory(),
  handle: echo,
  ...at,
})
const missing = (): LoadedAddon => ({ addon: undefined, reason: 'it is not built (npm run build:native)' })

async function rejection(promise: Promise<unknown>): Promise<{ readonly code: string; readonly message: string }> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isTrinityError(error)) throw new Error(`not a TrinityError: ${String(error)}`)
  return error
}

describe('which transport', () => {
  test('auto without the addon runs on dgram and says why', async () => {
    const { transport, note } = await openTransport('auto', binding(), 'UDP_PORT_LPO', missing)
    onTestFinished(() => transport.close())
    expect(transport.kind).toBe('dgram')
    expect(note).toBe('UDP runs on node:dgram, which is slower than the native addon: it is not built (npm run build:native).')
    const client = await connectClient(transport.port)
    client.send([numbered(1)])
    expect(await client.replies(1)).toEqual([numbered(1)])
  })

  test.skipIf(nativeMissing !== undefined)('auto takes the addon where there is one, without a note', async () => {
    const { transport, note } = await openTransport('auto', binding(), 'UDP_PORT_LPO')
    onTestFinished(() => transport.close())
    expect([transport.kind, note]).toEqual(['native', undefined])
  })

  test('native without the addon names the setting and the reason', async () => {
    const { code, message } = await rejection(openTransport('native', binding(), 'UDP_PORT_LPO', missing))
    expect(code).toBe('TRN_SETTING_INVALID')
    expect(message).toMatch(/^TRINITY_UDP_TRANSPORT is native, but .*not built/)
  })

  test('dgram does not look for the addon, and has nothing to note', async () => {
    const load = (): LoadedAddon => expect.unreachable()
    const { transport, note } = await openTransport('dgram', binding(), 'UDP_PORT_LPO', load)
    onTestFinished(() => transport.close())
    expect([transport.kind, note]).toEqual(['dgram', undefined])
  })
})

describe('the addon file', () => {
  test('absent: the reason is how to make it', () => {
    expect(loadNativeAddon(join(tempFolder(), 'none.node'))).toMatchObject({ addon: undefined, reason: expect.stringContaining('build:native') })
  })

  test('not loadable: the reason is the loader’s', () => {
    const file = join(tempFolder(), 'broken.node')
    writeFileSync(file, 'no shared object')
    expect(loadNativeAddon(file)).toMatchObject({ addon: undefined, reason: expect.stringContaining("can't be loaded") })
  })

  test('made from other sources: not used', () => {
    const file = join(tempFolder(), 'old.cjs')
    writeFileSync(file, 'module.exports = { batchSlots: 32, slotBytes: 1216 }')
    expect(loadNativeAddon(file)).toMatchObject({ addon: undefined, reason: expect.stringContaining('other sources') })
  })
})

describe.each(transportKinds)('a port that %s can not have', (kind) => {
  test('in use: the message names port and variable', async () => {
    const { port } = await openForTest(kind, echo)
    const { code, message } = await rejection(openTransport(kind, binding({ port }), 'UDP_PORT_LRS'))
    expect(code).toBe('TRN_PORT_UNAVAILABLE')
    expect(message).toBe(`UDP port ${port} on 127.0.0.1 is in use; set UDP_PORT_LRS to another one, or 0 for any free one.`)
  })

  test('an address of another machine, or a name of none', async () => {
    for (const host of ['192.0.2.1', 'no-such-host.invalid']) {
      const { code, message } = await rejection(openTransport(kind, binding({ host }), 'UDP_PORT_LPO'))
      expect(code).toBe('TRN_PORT_UNAVAILABLE')
      expect(message).toContain(`UDP port 0 on ${host} can't be opened`)
    }
  })

  test('a name is looked up', async () => {
    const { port } = await openForTest(kind, echo, { host: 'localhost' })
    expect(port).toBeGreaterThan(0)
  })
})

describe('dgram', () => {
  /** A transport, and what makes its socket hear a datagram at once. */
  async function openHearing(handle: UdpHandler = echo) {
    let socket: Socket | undefined
    const transport = await openDgramTransport(binding({ handle }), (options: SocketOptions) => (socket = createSocket(options)))
    onTestFinished(() => transport.close())
    const hear = (datagram: Uint8Array, port: number): void =>
      void socket?.emit('message', datagram, { address: '127.0.0.1', family: 'IPv4', port, size: datagram.length })
    return { transport, hear }
  }

  test('an answer to a sender that claims port 0 is counted and hurts nobody', async () => {
    const { transport, hear } = await openHearing()
    const client = await connectClient(transport.port)
    hear(numbered(1), 0)
    hear(numbered(2), client.socket.address().port)
    client.send([numbered(3)])
    await client.replies(2)
    await settle()
    expect(client.received).toEqual([numbered(2), numbered(3)])
    expect(transport.failures).toMatchObject({ handler: 0, send: 1 })
  })

  test('what a turn brought is handed over when the turn ends, and at once when a batch is full', async () => {
    const counts: number[] = []
    const { transport, hear } = await openHearing((batch) => {
      counts.push(batch.end - batch.first)
      echo(batch)
    })
    const client = await connectClient(transport.port)
    const numbers = Array.from({ length: 2 * batchSlots + 5 }, (_, number) => number)
    for (const number of numbers) hear(numbered(number), client.socket.address().port)
    expect(counts).toEqual([batchSlots, batchSlots])
    await client.replies(numbers.length)
    await settle()
    expect(counts).toEqual([batchSlots, batchSlots, 5])
    expect(client.received).toEqual(numbers.map((number) => numbered(number)))
  })

  test('what was heard before a close is answered, what comes after is not', async () => {
    const { transport, hear } = await openHearing()
    const client = await connectClient(transport.port)
    const { port } = client.socket.address()
    for (const number of [1, 2, 3]) hear(numbered(number), port)
    const closed = transport.close()
    hear(numbered(4), port)
    await closed
    await settle()
    expect(client.received).toEqual([1, 2, 3].map((number) => numbered(number)))
  })
})
