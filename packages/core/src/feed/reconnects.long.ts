import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { systemClock } from '../clock.ts'
import { nodeTransport } from '../node-transport.ts'
import { plainFrame, plainTick, plainVenue } from '../testing/fake/plain-venue.ts'
import { FeedSupervisor } from './supervisor.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** What a leak would make grow. */
interface Held {
  readonly heapBytes: number
  readonly descriptors: number
  readonly timers: number
  readonly listeners: number
}

function measure(feed: FeedSupervisor): Held {
  collectGarbage()
  collectGarbage()
  return {
    heapBytes: process.memoryUsage().heapUsed,
    descriptors: readdirSync('/proc/self/fd').length,
    timers: process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length,
    listeners: feed.eventNames().reduce((sum, name) => sum + feed.listenerCount(name), 0),
  }
}

const warmUp = 1000
const reconnects = 10_000

test('ten thousand reconnects over real sockets leave nothing behind', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  server.on('connection', (socket) => {
    socket.on('error', () => undefined)
    // A trade first, so that the backoff starts over; then the connection is torn, every other one without a closing handshake.
    socket.once('message', () =>
      socket.send(plainFrame(plainTick('a', '1')), () => (connections++ % 2 === 0 ? socket.terminate() : socket.close(1012))),
    )
  })
  let connections = 0
  const plain = plainVenue()
  const connector = plainVenue({
    urls: [`ws://127.0.0.1:${(server.address() as AddressInfo).port}`],
    limits: { ...plain.limits, connects: { count: 1e6, perMs: 1 } },
  })
  const feed = new FeedSupervisor(connector, { transport: nodeTransport(), clock: systemClock, backoff: { baseMs: 0, capMs: 0 } })
  const reached = (count: number): Promise<void> =>
    new Promise((resolve) => {
      feed.on('cut', function onCut() {
        if (connections < count) return
        feed.off('cut', onCut)
        resolve()
      })
    })
  feed.setSymbols(['a'])
  await reached(warmUp)
  const before = measure(feed)
  await reached(warmUp + reconnects)
  const after = measure(feed)
  feed.stop()
  server.close()
  console.log(`${reconnects} reconnects:`, JSON.stringify({ before, after }))
  expect(after.heapBytes - before.heapBytes).toBeLessThan(reconnects * 50)
  expect(Math.abs(after.descriptors - before.descriptors)).toBeLessThan(10)
  expect(Math.abs(after.timers - before.timers)).toBeLessThan(10)
  expect(after.listeners).toBe(before.listeners)
})
