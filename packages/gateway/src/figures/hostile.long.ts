import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Attack } from '../../test-support/hostile/attacker.fixture.ts'
import { type HostileReport, attackBeside, idleDescriptors, openPoliteCallers } from '../../test-support/hostile/hostile.fixture.ts'
import { startWatchedServer } from '../../test-support/hostile/watched-server.fixture.ts'
import { demoKey } from '../access/memory-key-store.ts'

const stranger = '127.0.0.2'
const pipelines: readonly (Pick<Attack, 'path' | 'key'> & { readonly what: string })[] = [
  ...[
    '/live',
    '/ready',
    '/health',
    '/exchanges',
    '/openapi.json',
    '/',
    '/docs/',
    '/docs/static/swagger-ui-bundle.js',
    '/status/stream',
    '/nothing',
  ].map((path) => ({ what: path, path })),
  { what: '/price without a key', path: '/price?asset=btc' },
  { what: '/price with the demo key', path: '/price?asset=btc', key: demoKey },
]

const mostAddedBytes = 64e6
const mostTickMs = 50

/** So long the last connections of an attack may take to go. */
const lingerMs = 3000

function tell(what: string, { opened, addedBytes, addedDescriptors, worstTickMs, asked, answered }: HostileReport): void {
  const ticks = [...worstTickMs].map(([thread, ms]) => `${thread === 0 ? 'main' : `thread ${thread}`} ${ms.toFixed(1)} ms`)
  console.log(
    `${what}: ${opened} connections; ${(addedBytes / 1e6).toFixed(1)} MB and ${addedDescriptors} descriptors more; longest tick ${ticks.join(', ')}; ${answered} of ${asked} answered`,
  )
}

function holds({ addedBytes, asked, answered, feeds, worstTickMs }: HostileReport): void {
  expect(answered).toBe(asked)
  expect(asked).toBeGreaterThan(500)
  expect(addedBytes).toBeLessThanOrEqual(mostAddedBytes)
  for (const ms of worstTickMs.values()) expect(ms).toBeLessThanOrEqual(mostTickMs)
  for (const feed of feeds) expect(feed).toMatch(/ ok$/)
}

describe.each(['1', '0'])('with %s serving threads', (workers) => {
  test('100 connections with 2,000 pipelined requests that read nothing', async () => {
    const server = await startWatchedServer({ SERVE_WORKERS: workers })
    const polite = await openPoliteCallers(server)
    await polite.ask(5000)
    const idle = await idleDescriptors(server, polite)
    const before = server.residentBytes()
    const misses: string[] = []
    for (const { what, ...request } of pipelines) {
      const report = await attackBeside(server, polite, { ...request, connections: 100, requests: 2000, from: stranger }, idle)
      tell(what, report)
      await pause(lingerMs)
      try {
        holds(report)
        expect(report.addedDescriptors).toBeLessThanOrEqual(110)
      } catch (error) {
        misses.push(`${what}: ${String(error)}`)
      }
    }
    await pause(60_000)
    const addedBytes = server.residentBytes() - before
    console.log(`a minute later ${(addedBytes / 1e6).toFixed(1)} MB more than before`)
    expect(misses).toEqual([])
    expect(addedBytes).toBeLessThanOrEqual(16e6)
  })

  test('1,000 connections that send nothing, and 100 that send much, where 1,024 files may be open', async () => {
    const server = await startWatchedServer({ SERVE_WORKERS: workers }, { fileLimit: 1024 })
    const polite = await openPoliteCallers(server)
    await polite.ask(5000)
    const idle = await idleDescriptors(server, polite)
    for (const attack of [
      { path: '/health', connections: 1000, requests: 0 },
      { path: '/health', connections: 100, requests: 2000 },
    ]) {
      const report = await attackBeside(server, polite, { ...attack, from: stranger }, idle, 8000)
      tell(`${attack.connections} connections, ${attack.requests} requests each`, report)
      expect(report.answered).toBe(report.asked)
      await pause(lingerMs)
    }
  })
})
