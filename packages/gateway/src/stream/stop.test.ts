import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { testKey } from '../../test-support/test-keys.fixture.ts'
import { openGateway } from '../../test-support/gateway-rig.fixture.ts'

const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'

test.each([
  ['reads no server-sent events', '/status/stream', ''],
  ['never answers a goodbye over WebSocket', '/stream', `Authorization: Bearer ${testKey}\r\n${upgrade}`],
  ['never answers its refusal over WebSocket', '/stream', upgrade],
])('the server stops within 3 s although a client %s', async (_name, path, headers) => {
  const rig = await openGateway({})
  const { hostname, port } = new URL(rig.url)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => undefined)
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`)
  await new Promise((resolve) => socket.once('data', resolve))
  socket.pause()
  const startedAt = performance.now()
  await rig.stop()
  expect(performance.now() - startedAt).toBeLessThan(3000)
})
