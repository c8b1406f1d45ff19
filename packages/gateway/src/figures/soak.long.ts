import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Attacker } from '../../test-support/hostile/attacker.fixture.ts'
import { openPoliteCallers } from '../../test-support/hostile/hostile.fixture.ts'
import { startWatchedServer } from '../../test-support/hostile/watched-server.fixture.ts'
import { startChild } from '../../test-support/load/child.fixture.ts'

const minuteMs = 60_000
const minutes = 45

/** Least-squares slope of bytes over time, bytes an hour. */
function slopeOf(points: readonly { readonly at: number; readonly bytes: number }[]): number {
  const meanAt = points.reduce((sum, { at }) => sum + at, 0) / points.length
  const meanBytes = points.reduce((sum, { bytes }) => sum + bytes, 0) / points.length
  const covariance = points.reduce((sum, { at, bytes }) => sum + (at - meanAt) * (bytes - meanBytes), 0)
  return (covariance / points.reduce((sum, { at }) => sum + (at - meanAt) ** 2, 0)) * 60 * minuteMs
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

test('45 minutes of light load leave memory as it is', async () => {
  const server = await startWatchedServer({ WATCH_HEAP: '1' })
  const polite = await openPoliteCallers(server)
  const startedAt = Date.now()
  const resident: number[] = []
  for (let minute = 0; minute < minutes; minute++) {
    const { asked, answered } = await polite.ask(minuteMs)
    expect(answered).toBe(asked)
    resident.push(server.residentBytes())
  }
  const settledAt = startedAt + 10 * minuteMs
  for (const thread of new Set(server.heaps().map(({ threadId }) => threadId))) {
    const heaps = server
      .heaps()
      .filter(({ at, threadId }) => threadId === thread && at > settledAt)
      .map(({ at, heapBytes }) => ({ at, bytes: heapBytes }))
    const slope = slopeOf(heaps)
    console.log(`thread ${thread}: ${megabytes(heaps[0]?.bytes ?? 0)} to ${megabytes(heaps.at(-1)?.bytes ?? 0)}, ${megabytes(slope)} an hour`)
    expect(heaps.length).toBeGreaterThan(30)
    expect(slope).toBeLessThanOrEqual(1e6)
  }
  const [early, late] = [Math.max(...resident.slice(10, 20)), Math.max(...resident.slice(-10))]
  console.log(`resident ${megabytes(early)} in minutes 10 to 20, ${megabytes(late)} in the last 10`)
  expect(late).toBeLessThanOrEqual(early + 8e6)
})

test('twenty floods with pauses between them are no staircase', async () => {
  const server = await startWatchedServer()
  const polite = await openPoliteCallers(server)
  await polite.ask(5000)
  const resident: number[] = []
  for (let flood = 0; flood < 20; flood++) {
    const attacker = startChild<Attacker>('../hostile/attacker.fixture.ts')
    for (const path of ['/exchanges', '/docs/static/swagger-ui-bundle.js', '/price?asset=btc'])
      await attacker.ask.open(server.target, { connections: 100, requests: 2000, path, from: '127.0.0.2' })
    await pause(2000)
    attacker.kill()
    await pause(8000)
    resident.push(server.residentBytes())
  }
  console.log(`after each flood: ${resident.map(megabytes).join(', ')}`)
  expect(Math.max(...resident.slice(-5))).toBeLessThanOrEqual(Math.max(...resident.slice(0, 10)) + 8e6)
})
