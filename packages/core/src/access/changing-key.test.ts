import { afterEach, describe, expect, test, vi } from 'vitest'
import { keyEntry, sha256, testPlan } from '../testing/access/key-entries.ts'
import { Gate, verdict } from './gate.ts'
import { keyHeader, openKeyLayout, rowStart, rowWord } from './key-layout.ts'
import { KeyReader } from './key-reader.ts'
import { KeyTable } from './key-table.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** Has something done in the middle of another thread's work: right after its next load of a word, or a later one. */
function afterLoadOf(word: number, action: () => void, nth = 1): void {
  const load = Atomics.load.bind(Atomics)
  let count = 0
  const spy = vi.spyOn(Atomics, 'load').mockImplementation((words, index) => {
    const value = load(words, index)
    if (index !== word || ++count < nth) return value
    spy.mockRestore()
    action()
    return value
  })
}

function openTable(rows = 4): { table: KeyTable; reader: KeyReader; gate: Gate; wordOf(row: number, word: number): number } {
  const table = new KeyTable(rows)
  const layout = openKeyLayout(table.buffer)
  return { table, reader: new KeyReader(table.buffer), gate: new Gate(table.buffer), wordOf: (row, word) => rowStart(layout, row) + word }
}

describe('a secret that changes', () => {
  test('while it is read is read anew', () => {
    const { table, reader, wordOf } = openTable()
    const row = table.put(keyEntry('k', { macKey: sha256('old') }))
    const bytes = new Uint8Array(32)
    afterLoadOf(wordOf(row, rowWord.macKey + 3), () => table.put(keyEntry('k', { macKey: sha256('new') })))
    expect([reader.macKey(row, bytes, 0), bytes]).toEqual([true, sha256('new')])
  })

  test('is read by nobody in the middle of the change', () => {
    const { table, reader, wordOf } = openTable()
    const row = table.put(keyEntry('k', { macKey: sha256('old') }))
    const store = Atomics.store.bind(Atomics)
    const found: boolean[] = []
    const spy = vi.spyOn(Atomics, 'store').mockImplementation((words, index, value) => {
      const stored = store(words, index, value)
      if (index === wordOf(row, rowWord.macKey + 3)) found.push(reader.macKey(row, new Uint8Array(32), 0))
      return stored
    })
    table.put(keyEntry('k', { macKey: sha256('new') }))
    spy.mockRestore()
    const bytes = new Uint8Array(32)
    expect([found, reader.macKey(row, bytes, 0), bytes]).toEqual([[false], true, sha256('new')])
  })
})

describe('a row that changes its holder', () => {
  test('is found by nobody in the middle of the change', () => {
    const { table, reader, wordOf } = openTable(1)
    const row = table.put(keyEntry('old'))
    table.revoke(row)
    const store = Atomics.store.bind(Atomics)
    const found: number[] = []
    const spy = vi.spyOn(Atomics, 'store').mockImplementation((words, index, value) => {
      const stored = store(words, index, value)
      if (index >= wordOf(row, 0) && index < wordOf(row, 32)) found.push(reader.find(sha256('old')), reader.find(sha256('new')))
      return stored
    })
    table.put(keyEntry('new'))
    spy.mockRestore()
    expect(new Set(found)).toEqual(new Set([-1]))
    expect([reader.find(sha256('new')), reader.isRevoked(row)]).toEqual([row, false])
  })

  test('and nobody’s row, count as revoked', () => {
    const { table, reader } = openTable(4)
    table.put(keyEntry('k'))
    expect([0, 1, 3].map((row) => reader.isRevoked(row))).toEqual([false, true, true])
  })
})

test('the last request of a month that another thread had meanwhile costs no rate', () => {
  const { table, gate, wordOf } = openTable()
  const row = table.put(keyEntry('k', { plan: testPlan(1, 3, 2) }))
  const quota = wordOf(row, rowWord.quota)
  expect(gate.admit(row, 1000, 0)).toBe(verdict.admitted)
  // One is left when the month is looked at, and none when it is counted.
  afterLoadOf(quota, () => void Atomics.add(new Int32Array(table.buffer), quota, 1), 2)
  expect([gate.admit(row, 1000, 0), gate.monthRemaining]).toEqual([verdict.quotaExceeded, 0])
  gate.look(row, 1000, 0)
  expect(gate.remaining).toBe(2)
})

test('what another thread counts meanwhile stays counted', () => {
  const { table, gate, wordOf } = openTable()
  const row = table.put(keyEntry('k', { plan: testPlan(null, null, 10) }))
  const quota = wordOf(row, rowWord.quota)
  expect([gate.admit(row, 1000, 0), gate.monthRemaining]).toEqual([verdict.admitted, 9])
  afterLoadOf(quota, () => void Atomics.add(new Int32Array(table.buffer), quota, 1))
  expect([gate.admit(row, 1000, 0), gate.monthRemaining]).toEqual([verdict.admitted, 7])
})

test('a plan without requests or reports is read back as such', () => {
  const { table, reader } = openTable()
  const plan = { ...testPlan(null, null, 0), monthlyReports: 0 }
  expect(reader.plan(table.put(keyEntry('k', { plan })))).toEqual(plan)
})

test('memory of another layout is refused', () => {
  const { table } = openTable()
  Atomics.store(new Int32Array(table.buffer), keyHeader.version, 99)
  for (const open of [() => new KeyReader(table.buffer), () => new Gate(table.buffer)])
    expect(open).toThrow(expect.objectContaining({ code: 'TRN_INTERNAL', message: expect.stringContaining('layout 99') as string }) as Error)
})
