import { describe, expect, test } from 'vitest'
import { readFileLimit } from '../../settings/file-limit.ts'
import { shareSockets } from './socket-budget.ts'
import { socketsFor } from './udp-asker.ts'

describe('sockets of a run', () => {
  test('are as many as requests outstanding, up to 1,000 connections, and 64 UDP sockets or one for 256 requests', () => {
    expect(shareSockets(undefined, 1, 1, 10)).toEqual({ connectionsPerTarget: 10, udpSocketsPerTarget: 10, note: undefined })
    expect(shareSockets(undefined, 3, 1, 21_000)).toEqual({ connectionsPerTarget: 1000, udpSocketsPerTarget: 83, note: undefined })
    expect([1, 64, 65, 16_384, 16_385, 21_000].map(socketsFor)).toEqual([1, 64, 64, 64, 65, 83])
  })

  test.each([
    [256, 1, 1],
    [1024, 4, 0],
    [300, 0, 9],
    [1100, 2, 2],
    [101, 1, 0],
  ])('stay within a limit of %i files with %i HTTP and %i UDP targets, and the note says so', (limit, http, udp) => {
    const budget = shareSockets(limit, http, udp, 21_000)
    expect(budget.connectionsPerTarget * http + budget.udpSocketsPerTarget * udp).toBeLessThanOrEqual(limit - 100)
    expect(budget.note).toMatch(new RegExp(`may open ${limit} files`))
    if (http === 0) expect(budget.note).not.toMatch(/HTTP/)
    if (udp === 0) expect(budget.note).not.toMatch(/UDP/)
  })

  test('are at least one for each target', () => {
    expect(shareSockets(20, 1, 1, 100)).toMatchObject({ connectionsPerTarget: 1, udpSocketsPerTarget: 1 })
  })

  test('depend on what this process may open', () => expect(readFileLimit() ?? 1000).toBeGreaterThan(100))
})
