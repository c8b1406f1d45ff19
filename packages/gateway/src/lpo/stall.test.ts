import { createServer } from 'node:http'
import { type AddressInfo, type Socket, connect } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { exchangeRaw } from '../../test-support/raw-http.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import { httpLimits } from './server.ts'
import { stallMs, watchStall } from './stall.ts'

test('a connection whose client does not read its response is cut after a while; others are not watched', async () => {
  const sockets: Socket[] = []
  const server = createServer(({ url, socket }, response) => {
    response.end(Buffer.alloc(url === '/long' ? 20_000_000 : 10))
    watchStall(socket)
    sockets.push(socket)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const ask = (path: string): Socket => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined)
    onTestFinished(() => void socket.destroy())
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
    return socket
  }
  ask('/long')
  await vi.waitFor(() => expect(sockets).toHaveLength(1))
  expect(sockets[0]?.timeout).toBe(stallMs)
  // The time itself is Node's.
  sockets[0]?.emit('timeout')
  expect(sockets[0]?.destroyed).toBe(true)
  ask('/short')
  await vi.waitFor(() => expect(sockets).toHaveLength(2))
  expect(sockets[1]?.timeout).not.toBe(stallMs)
})

test('callers are told how long their connections may rest', async () => {
  const market = await openFakeMarket({ connectors: [testConnector({ name: 'alpha' })], assets: {} })
  onTestFinished(market.stop)
  const { responses, isClosed } = await exchangeRaw(market.url, ['GET /live HTTP/1.1\r\nHost: a\r\n\r\n'])
  expect(responses[0]?.headers.get('keep-alive')).toBe(`timeout=${httpLimits.keepAliveTimeout / 1000}`)
  expect(isClosed).toBe(false)
})
