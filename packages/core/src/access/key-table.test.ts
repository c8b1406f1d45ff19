import { array, assert, boolean, constantFrom, nat, oneof, property, record } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keyEntry, sha256, testPlan } from '../testing/access/key-entries.ts'
import { Gate, verdict } from './gate.ts'
import { keyHeader, openKeyLayout } from './key-layout.ts'
import { KeyReader } from './key-reader.ts'
import type { KeyEntry } from './key-store.ts'
import { KeyTable } from './key-table.ts'
import { plans, tiers } from './plan.ts'

function openTable(rows: number): { table: KeyTable; reader: KeyReader } {
  const table = new KeyTable(rows)
  return { table, reader: new KeyReader(table.buffer) }
}

/** A hash that falls on a place of the index with many others. */
function crowdedHash(place: number, tail: number): Uint8Array {
  const hash = new Uint8Array(32)
  hash[3] = place
  hash[30] = tail >> 8
  hash[31] = tail
  return hash
}

describe('a key in the table', () => {
  test('is found by its hash, by the beginning of it, and by nothing else', () => {
    const { table, reader } = openTable(1000)
    const rows = Array.from({ length: 1000 }, (_, i) => table.put(keyEntry(`k${i}`, { tier: tiers[i % 6] ?? 'free' })))
    expect(new Set(rows).size).toBe(1000)
    for (const [i, row] of rows.entries()) {
      const hash = sha256(`k${i}`)
      expect([reader.find(hash), reader.findShort(Uint8Array.of(0, 0, 0, ...hash), 3), reader.tier(row)]).toEqual([row, row, tiers[i % 6]])
      expect(table.entryAt(row)).toEqual({ id: `k${i}`, name: `name of k${i}`, tier: tiers[i % 6] })
      expect([table.rowOf(`k${i}`), reader.find(sha256(`x${i}`))]).toEqual([row, -1])
    }
    for (let byte = 0; byte < 32; byte++) {
      const wrong = sha256('k7')
      wrong[byte] = (wrong[byte] ?? 0) ^ 1
      expect(reader.find(wrong)).toBe(-1)
    }
    expect([reader.find(new Uint8Array(0)), reader.find(sha256('k7').subarray(0, 31)), reader.findShort(new Uint8Array(8), 0)]).toEqual([-1, -1, -1])
    expect(() => table.put(keyEntry('one too many'))).toThrow(/full/)
  })

  test('whose hash ends in zeros is not found by the rest of it', () => {
    const { table, reader } = openTable(8)
    const hash = crowdedHash(1, 0)
    expect([table.put(keyEntry('k', { hash })), reader.find(hash)]).toEqual([0, 0])
    for (const length of [0, 4, 31]) expect(reader.find(hash.subarray(0, length))).toBe(-1)
  })

  test('has its plan and its MAC key for readers', () => {
    const { table, reader } = openTable(8)
    for (const tier of tiers) {
      const row = table.put(keyEntry(tier, { tier, plan: plans[tier] }))
      expect(reader.plan(row)).toEqual(plans[tier])
      const bytes = new Uint8Array(40).fill(7)
      expect(reader.macKey(row, bytes, 4)).toBe(true)
      expect(bytes).toEqual(Uint8Array.of(7, 7, 7, 7, ...sha256(`mac of ${tier}`), 7, 7, 7, 7))
    }
    const without = table.put(keyEntry('without', { macKey: undefined }))
    const bytes = new Uint8Array(32).fill(9)
    expect([reader.macKey(without, bytes, 0), ...bytes]).toEqual([false, ...new Uint8Array(32).fill(9)])
  })

  test('keeps row, epoch and use when it is put again as it was', () => {
    const { table, reader } = openTable(8)
    const entry = keyEntry('k', { plan: testPlan(1, 2, 100) })
    const row = table.put(entry)
    const gate = new Gate(table.buffer)
    gate.admit(row, 1000, 0)
    const epoch = reader.epoch(row)
    expect(table.put({ ...entry, name: 'other' })).toBe(row)
    expect(reader.epoch(row)).toBe(epoch)
    expect([gate.admit(row, 1000, 0), gate.monthRemaining, gate.admit(row, 1000, 0)]).toEqual([0, 98, verdict.rateLimited])
    expect(table.entryAt(row)?.name).toBe('other')
  })

  test('that is put again as the same object is no work, unless it was revoked meanwhile', () => {
    const { table, reader } = openTable(8)
    let looks = 0
    const entry: KeyEntry = {
      ...keyEntry('k'),
      get hash() {
        looks++
        return sha256('k')
      },
    }
    const row = table.put(entry)
    const seen = looks
    expect([table.put(entry), looks, reader.isRevoked(row)]).toEqual([row, seen, false])
    table.revoke(row)
    expect([table.put(entry), reader.isRevoked(row), [...table.ids()]]).toEqual([row, false, ['k']])
    expect(looks).toBeGreaterThan(seen)
  })

  test('can gain, change and lose its MAC key; each is a new epoch', () => {
    const { table, reader } = openTable(8)
    const row = table.put(keyEntry('k', { macKey: undefined }))
    const seen = [reader.epoch(row)]
    for (const macKey of [sha256('one'), sha256('two'), undefined, new Uint8Array(32)]) {
      table.put(keyEntry('k', { macKey }))
      seen.push(reader.epoch(row))
      const bytes = new Uint8Array(32).fill(9)
      expect(reader.macKey(row, bytes, 0)).toBe(macKey !== undefined)
      if (macKey !== undefined) expect(bytes).toEqual(Uint8Array.from(macKey))
    }
    expect(new Set(seen).size).toBe(5)
  })

  test('must have 32 bytes of hash and MAC key', () => {
    const { table } = openTable(8)
    for (const wrong of [{ hash: new Uint8Array(31) }, { macKey: new Uint8Array(33) }])
      expect(() => table.put(keyEntry('k', wrong))).toThrow(expect.objectContaining({ code: 'TRN_INTERNAL' }) as Error)
    expect(table.rowOf('k')).toBeUndefined()
  })

  test('that is revoked stays known as such, and can be restored', () => {
    const { table, reader } = openTable(8)
    const row = table.put(keyEntry('k'))
    const epochs = [reader.epoch(row)]
    table.revoke(row)
    epochs.push(reader.epoch(row))
    expect([reader.find(sha256('k')), reader.isRevoked(row)]).toEqual([row, true])
    table.revoke(row)
    expect(reader.epoch(row)).toBe(epochs[1])
    expect([table.put(keyEntry('k')), reader.isRevoked(row)]).toEqual([row, false])
    epochs.push(reader.epoch(row))
    table.put(keyEntry('k', { revoked: true }))
    epochs.push(reader.epoch(row))
    table.put(keyEntry('k', { macKey: sha256('other secret'), revoked: true }))
    epochs.push(reader.epoch(row))
    expect(new Set(epochs).size).toBe(5)
    expect(epochs.every((epoch) => epoch % 2 === 0)).toBe(true)
  })

  test('is not known by its old hash when it has another', () => {
    const { table, reader } = openTable(8)
    const row = table.put(keyEntry('k'))
    const epoch = reader.epoch(row)
    expect(table.put(keyEntry('k', { hash: sha256('new') }))).toBe(row)
    expect([reader.find(sha256('k')), reader.find(sha256('new')), reader.epoch(row) === epoch]).toEqual([-1, row, false])
  })

  test('can’t be there under two ids, nor with a plan that can’t be counted', () => {
    const { table } = openTable(8)
    table.put(keyEntry('a'))
    expect(() => table.put(keyEntry('b', { hash: sha256('a') }))).toThrow(expect.objectContaining({ code: 'TRN_KEY_FILE_INVALID' }) as Error)
    for (const plan of [
      testPlan(0, 1),
      testPlan(1.5, 1),
      testPlan(1e6 + 1, 1),
      testPlan(1, 0),
      testPlan(1, null),
      testPlan(1, 1, 2 ** 24),
      testPlan(1, 1, -1),
    ])
      expect(() => table.put(keyEntry('c', { plan }))).toThrow(expect.objectContaining({ code: 'TRN_SETTING_INVALID' }) as Error)
    expect([table.rowOf('b'), table.rowOf('c')]).toEqual([undefined, undefined])
  })
})

describe('a full table', () => {
  test('gives the rows of revoked keys away, the first one first, with nothing left of them', () => {
    const { table, reader } = openTable(4)
    const rows = ['a', 'b', 'c', 'd'].map((id) => table.put(keyEntry(id, { plan: testPlan(1, 1, 5) })))
    const gate = new Gate(table.buffer)
    for (const row of rows) gate.admit(row, 1000, 0)
    expect(() => table.put(keyEntry('e'))).toThrow(/full/)
    const epoch = reader.epoch(rows[2] ?? -1)
    for (const row of [2, 0]) table.revoke(rows[row] ?? -1)
    const row = table.put(keyEntry('e', { macKey: undefined, plan: testPlan(1, 1, 5) }))
    expect(row).toBe(rows[2])
    expect([reader.find(sha256('c')), reader.find(sha256('e')), table.rowOf('c'), reader.isRevoked(row)]).toEqual([-1, row, undefined, false])
    expect([reader.epoch(row) === epoch, reader.macKey(row, new Uint8Array(32), 0)]).toEqual([false, false])
    expect([gate.admit(row, 1000, 0), gate.monthRemaining]).toEqual([verdict.admitted, 4])
    expect(table.put(keyEntry('f'))).toBe(rows[0])
    expect(() => table.put(keyEntry('g'))).toThrow(/full/)
  })

  test('is never searched in vain for long: 5,000 keys that come and go in 64 rows leave a short way', () => {
    const { table, reader } = openTable(64)
    for (let i = 0; i < 5000; i++) table.revoke(table.put(keyEntry(`k${i}`)))
    for (let i = 4936; i < 5000; i++) expect(reader.find(sha256(`k${i}`))).toBeGreaterThanOrEqual(0)
    for (let i = 0; i < 4936; i++) expect(reader.find(sha256(`k${i}`))).toBe(-1)
    // Most places that a search visits: one that was left is used again.
    expect(Atomics.load(openKeyLayout(table.buffer).words, keyHeader.longestProbe)).toBeLessThan(40)
  })
})

test('the table agrees with a plain map through any comings and goings, also where all hashes crowd together', () => {
  const step = oneof(
    record({ kind: constantFrom('put' as const), id: nat(11), place: nat(2), tail: nat(15), revoked: boolean() }),
    record({ kind: constantFrom('revoke' as const), id: nat(11) }),
  )
  assert(
    property(array(step, { maxLength: 60 }), (steps) => {
      const { table, reader } = openTable(8)
      const model = new Map<number, { hash: Uint8Array; revoked: boolean; since: number }>()
      let clock = 0
      for (const action of steps) {
        clock++
        if (action.kind === 'revoke') {
          const known = model.get(action.id)
          if (known !== undefined && !known.revoked) model.set(action.id, { ...known, revoked: true, since: clock })
          table.revoke(table.rowOf(String(action.id)) ?? -1)
        } else {
          const hash = crowdedHash(action.place, action.tail)
          const owner = [...model].find(([, { hash: other }]) => other.join() === hash.join())?.[0]
          const before = model.get(action.id)
          const oldest = [...model].filter(([, { revoked }]) => revoked).toSorted(([, a], [, b]) => a.since - b.since)[0]?.[0]
          const refused = (owner !== undefined && owner !== action.id) || (before === undefined && model.size === 8 && oldest === undefined)
          const put = (): number => table.put(keyEntry(String(action.id), { hash, revoked: action.revoked }))
          if (refused) {
            expect(put).toThrow()
            continue
          }
          put()
          if (before === undefined && model.size === 8 && oldest !== undefined) model.delete(oldest)
          const since = before?.revoked === true && before.hash.join() === hash.join() ? before.since : clock
          model.set(action.id, { hash, revoked: action.revoked, since })
        }
        for (let id = 0; id < 12; id++) expect(table.rowOf(String(id)) === undefined).toBe(!model.has(id))
        for (let place = 0; place < 3; place++) {
          for (let tail = 0; tail < 16; tail++) {
            const hash = crowdedHash(place, tail)
            const [id, known] = [...model].find(([, other]) => other.hash.join() === hash.join()) ?? []
            const row = reader.find(hash)
            expect(row).toBe(id === undefined ? -1 : table.rowOf(String(id)))
            if (known !== undefined) expect(reader.isRevoked(row)).toBe(known.revoked)
          }
        }
      }
    }),
    { numRuns: 200 },
  )
})
