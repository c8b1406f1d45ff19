import { createServer } from 'node:http'
import { type AddressInfo, type Socket, connect } from 'node:net'
import { FakeClock } from '@trinity/core/testing'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createLog } from '../../log.ts'
import { limitPipelines, takeRequest } from '../pipeline.ts'
import { Connections, maxUnreadBytesInAll } from './connections.ts'

test('where clients leave too much unread in all, who leaves most loses the connection, and nobody else', async () => {
  const clock = new FakeClock()
  const connections = new Connections({ max: 16, trustProxy: [], clock, log: createLog('silent', 'json'), count: () => undefined })
  const most = Buffer.alloc(maxUnreadBytesInAll * 0.7)
  const server = createServer((request, response) => {
    takeRequest(request, response)
    response.end(request.url === '/most' ? most : most.subarray(0, most.length * 0.7))
  })
  limitPipelines(server)
  connections.watch(server)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const closed: string[] = []
  const ask = async (path: string): Promise<void> => {
    const socket: Socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    socket.on('error', () => undefined)
    server.once('connection', (own) => own.once('close', () => closed.push(path)))
    const asked = new Promise((resolve) => server.once('request', resolve))
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
    await asked
  }
  await ask('/most')
  await clock.advanceAsync(1000)
  expect(connections.count).toBe(1)
  await ask('/less')
  await clock.advanceAsync(1000)
  await vi.waitFor(() => expect(closed).toEqual(['/most']))
  await clock.advanceAsync(1000)
  expect([connections.count, closed]).toEqual([1, ['/most']])
})
