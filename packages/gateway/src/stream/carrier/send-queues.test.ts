import { once } from 'node:events'
import { type AddressInfo, type Socket, connect, createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { waitFor } from '../../../test-support/stream-client.fixture.ts'
import { connectionName, readSendQueues } from './send-queues.ts'

const onLinux = process.platform === 'linux'

/** Both ends of a connection on loopback. */
async function openConnection(host: string): Promise<{ here: Socket; there: Socket }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const there = connect((server.address() as AddressInfo).port, host.replace('::ffff:', ''))
  const [here] = (await once(server, 'connection')) as [Socket]
  onTestFinished(() => {
    for (const end of [here, there]) end.destroy()
    server.close()
  })
  return { here, there }
}

test.skipIf(!onLinux).each(['127.0.0.1', '::1', '::ffff:127.0.0.1'])('what a reader at %s does not take is seen until it reads', async (host) => {
  const { here, there } = await openConnection(host)
  there.pause()
  const name = connectionName(here)
  expect(name).toBeDefined()
  const queued = async (): Promise<number> => (await readSendQueues()).get(name ?? '') ?? 0
  expect(await queued()).toBe(0)
  const written = 1_000_000
  for (let i = 0; i < 1000; i++) here.write(Buffer.alloc(written / 1000))
  // The socket itself would say that all is gone.
  await waitFor(() => here.writableLength === 0)
  expect(await queued()).toBeGreaterThan(written / 2)
  there.resume()
  await waitFor(() => there.bytesRead === written)
  expect(await queued()).toBe(0)
})

test('a socket that is not TCP has no name', () => {
  expect(connectionName({} as Socket)).toBeUndefined()
})
