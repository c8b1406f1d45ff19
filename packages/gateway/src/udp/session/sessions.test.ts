import { createSipHash } from '@trinity/udp'
import { describe, expect, test } from 'vitest'
import { sourceOf } from '../../../test-support/udp/udp-client.fixture.ts'
import { type Opening, type SessionLimits, SessionTable, sessionKeyBytes } from './sessions.ts'

const small: SessionLimits = { sessions: 12, unproven: 4, perKey: 3, unprovenPerKey: 2 }

/** A small table, and sessions opened in it one after another. */
function createTable(limits: SessionLimits = small) {
  const sip = createSipHash({ bytes: sessionKeyBytes(limits) })
  const table = new SessionTable({ limits, keyRows: 16, sip, keysAt: 0 })
  let count = 0
  const opening = (keyRow: number, keyEpoch = 0): Opening => ({
    keyRow,
    keyEpoch,
    source: sourceOf('10.0.0.1', ++count),
    sourceAt: 0,
    clientNonce: Int32Array.of(count, 0, 0, 0),
    helloHash: count & 3,
  })
  const random = (): Uint8Array => Uint8Array.from({ length: 24 }, (_, i) => (count * 31 + i * 7) & 255)
  const open = (keyRow: number, now = 0, keyEpoch = 0): number => table.open(opening(keyRow, keyEpoch), random(), now, 0)
  const prove = (keyRow: number, now = 0): number => {
    const session = open(keyRow, now)
    table.prove(session, now)
    return session
  }
  /** The id is kept, since a session that has ended may come back in the same place. */
  const handleOf = (session: number) => {
    const [high, low] = [table.idHigh(session), table.idLow(session)]
    return { session, isOpen: (now: number) => table.find(high, low, now) === session }
  }
  return { table, sip, opening, random, open, prove, handleOf }
}

describe('the session table', () => {
  test('finds a session by its whole id only', () => {
    const { table, open } = createTable()
    const session = open(1)
    const [high, low] = [table.idHigh(session), table.idLow(session)]
    expect(table.find(high, low, 0)).toBe(session)
    expect(table.find(high ^ 1, low, 0)).toBe(0)
    expect(table.find(high, low ^ (1 << 20), 0)).toBe(0)
    expect(table.find(high, low + 1, 0)).toBe(0)
    expect(table.find(0, 0, 0)).toBe(0)
    expect(table.find(0, 5, 0)).toBe(0)
    expect(table.find(high, 0x1ffff, 0)).toBe(0)
  })

  test('a session lives 600 s from when it was last seen, and its place is used again', () => {
    const { table, prove, open, handleOf } = createTable()
    const first = handleOf(prove(1, 0))
    table.prove(first.session, 500)
    expect(first.isOpen(600_500)).toBe(true)
    expect(first.isOpen(600_501)).toBe(false)
    expect(table.size).toBe(0)
    expect(open(1, 600_502)).toBe(first.session)
    expect(first.isOpen(600_502)).toBe(false)
  })

  test('sessions that nobody asks for end too', () => {
    const { table, open, prove } = createTable()
    open(1)
    prove(2)
    table.sweep(600_000)
    expect(table.size).toBe(2)
    table.sweep(600_001)
    expect(table.size).toBe(0)
  })

  test('of one key, the least recently used proven session makes room', () => {
    const { table, prove, handleOf } = createTable()
    const sessions = [0, 2000, 4000].map((now) => handleOf(prove(1, now)))
    table.prove(sessions[0]?.session ?? 0, 6000)
    prove(1, 8000)
    expect(sessions.map(({ isOpen }) => isOpen(8000))).toEqual([true, false, true])
    expect(table.provenSize).toBe(3)
  })

  test('of all keys, the least recently used proven session makes room', () => {
    const { table, prove, handleOf } = createTable()
    const sessions = [1, 1, 2, 2, 3, 3, 4, 4].map((key, i) => handleOf(prove(key, i * 2000)))
    table.prove(sessions[0]?.session ?? 0, 18_000)
    prove(5, 20_000)
    expect(sessions.map(({ isOpen }) => isOpen(20_000))).toEqual([true, false, true, true, true, true, true, true])
    expect(table.provenSize).toBe(8)
  })

  test('unproven sessions push out each other, never a proven one', () => {
    const { table, open, prove, handleOf } = createTable()
    const proven = [1, 1, 1, 2, 2, 2, 3, 3].map((key) => handleOf(prove(key)))
    for (let i = 0; i < 500; i++) open(i % 16, i)
    expect(proven.every(({ isOpen }) => isOpen(500))).toBe(true)
    expect([table.provenSize, table.unprovenSize]).toEqual([8, 4])
  })

  test('unproven sessions of one key push out those of the same key first', () => {
    const { table, open, handleOf } = createTable()
    const other = handleOf(open(1))
    for (let i = 0; i < 10; i++) open(2)
    expect(other.isOpen(0)).toBe(true)
    expect(table.unprovenSize).toBe(3)
  })

  test('a key in the row of an earlier one does not inherit its sessions', () => {
    const { table, open, prove, handleOf } = createTable()
    const earlier = [handleOf(prove(1)), handleOf(prove(1)), handleOf(open(1))]
    open(1, 10, 2)
    expect(earlier.some(({ isOpen }) => isOpen(10))).toBe(false)
    expect(table.size).toBe(1)
  })

  test('the same HELLO finds its session for 120 s, another sender, nonce, key or epoch does not', () => {
    const { table, opening, random } = createTable()
    const mine = opening(1)
    const session = table.open(mine, random(), 0, 0)
    // In the same chain, so that the comparison has to tell them apart.
    table.open({ ...opening(2), helloHash: mine.helloHash }, random(), 0, 0)
    expect(table.findHello(mine, 120_000)).toBe(session)
    expect(table.findHello(mine, 120_001)).toBe(0)
    const others: Opening[] = [
      { ...mine, keyRow: 3 },
      { ...mine, keyEpoch: 9 },
      { ...mine, source: sourceOf('10.0.0.1', 9999) },
      { ...mine, clientNonce: Int32Array.of(1, 0, 0, 9) },
    ]
    expect(others.map((other) => table.findHello(other, 0))).toEqual([0, 0, 0, 0])
    table.end(session)
    expect(table.findHello(mine, 0)).toBe(0)
  })

  test('nothing of a session is left when it ends: not its key, nor its window', () => {
    const { table, sip, open } = createTable()
    const session = open(1)
    sip.memory.fill(7, table.keyAt(session), table.keyAt(session) + 16)
    table.windows.accept(session, 900)
    table.end(session)
    expect(sip.memory.slice(table.keyAt(session), table.keyAt(session) + 16)).toEqual(new Uint8Array(16))
    expect(open(2)).toBe(session)
    expect(table.windows.judge(session, 900)).toBe('new')
  })
})
