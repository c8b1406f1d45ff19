import { type KeyEntry, Gate, KeyReader, KeyTable } from '@trinity/core'
import { expect, test } from 'vitest'
import { keyEntry } from '../../../test-support/test-keys.fixture.ts'
import { CallerDoor } from '../../access/caller-door.ts'
import { KnownCallers } from './known-callers.ts'

function openDoor(...entries: readonly KeyEntry[]) {
  const table = new KeyTable(16)
  const rows = entries.map((entry) => table.put(entry))
  const door = new CallerDoor({ keys: new KeyReader(table.buffer), gate: new Gate(table.buffer), clock: { wall: () => 0 }, monotonicMs: () => 0 })
  let hashed = 0
  const identify = door.identify.bind(door)
  door.identify = (authorization) => {
    hashed++
    return identify(authorization)
  }
  return { table, rows, door, callers: new KnownCallers(door), hashed: () => hashed }
}

test('a key is looked up when it first comes, and then never again', () => {
  const { rows, callers, hashed } = openDoor(keyEntry('one'), keyEntry('other'))
  for (let i = 0; i < 3; i++) expect([callers.rowOf('Bearer one'), callers.rowOf('Bearer other')]).toEqual(rows)
  expect(hashed()).toBe(4)
})

test('a revoked key is refused at once', () => {
  const { table, rows, callers } = openDoor(keyEntry('one'))
  callers.rowOf('Bearer one')
  table.revoke(rows[0] ?? -1)
  expect(() => callers.rowOf('Bearer one')).toThrow('revoked')
})

test('a row that became another key’s is not that of the old one', () => {
  const { table, callers } = openDoor(keyEntry('one'))
  callers.rowOf('Bearer one')
  table.put({ ...keyEntry('new'), id: 'one' })
  expect(() => callers.rowOf('Bearer one')).toThrow('not known')
})

test('a row that becomes another key’s while it is looked up is not remembered', () => {
  const { table, door, callers, hashed } = openDoor(keyEntry('one'))
  const { keys } = door
  const epoch = keys.epoch.bind(keys)
  keys.epoch = (row) => {
    table.put({ ...keyEntry('new'), id: 'one' })
    return epoch(row)
  }
  expect(() => callers.rowOf('Bearer one')).toThrow('not known')
  expect(hashed()).toBe(2)
})

test('unknown keys are not remembered, however many come', () => {
  const { callers, hashed } = openDoor(keyEntry('one'))
  for (let i = 0; i < 3; i++) expect(() => callers.rowOf('Bearer wrong')).toThrow('not known')
  expect(() => callers.rowOf(undefined)).toThrow('needs an API key')
  expect(hashed()).toBe(4)
})

test('forgets all rather than remember more than 4,096', () => {
  const { rows, callers, hashed } = openDoor(keyEntry('one'))
  // The scheme and the spaces before the key may be written in many ways.
  const headers = new Set(
    Array.from(
      { length: 400 * 16 },
      (_, i) => `${[...'bearer'].map((letter, bit) => ((i >> bit) & 1 ? letter.toUpperCase() : letter)).join('')}${' '.repeat(1 + (i >> 6))}one`,
    ),
  )
  for (const header of headers) expect(callers.rowOf(header)).toBe(rows[0])
  const [first = ''] = headers
  const before = hashed()
  expect(callers.rowOf(first)).toBe(rows[0])
  expect(hashed()).toBe(before + 2)
})
