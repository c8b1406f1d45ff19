import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chunk, planShards } from './plan.ts'

test('chunk splits in order', () => {
  expect(chunk([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]])
  expect(chunk([], 2)).toEqual([])
})

const sets = (...groups: string[]): Set<string>[] => groups.map((group) => new Set(group))

describe('the plan', () => {
  test('what stays is not touched', () => {
    expect(planShards([...'abcd'], sets('ab', 'cd'), { symbolsPerConnection: 2 })).toEqual({
      changes: [
        { remove: [], add: [] },
        { remove: [], add: [] },
      ],
      open: [],
    })
  })

  test('a new symbol takes the place of one that goes', () => {
    expect(planShards([...'axcd'], sets('ab', 'cd'), { symbolsPerConnection: 2 })).toEqual({
      changes: [
        { remove: ['b'], add: ['x'] },
        { remove: [], add: [] },
      ],
      open: [],
    })
  })

  test('only what finds no room opens connections', () => {
    expect(planShards([...'abcdefg'], sets('ab', 'c'), { symbolsPerConnection: 2 })).toEqual({
      changes: [
        { remove: [], add: [] },
        { remove: [], add: ['d'] },
      ],
      open: [['e', 'f'], ['g']],
    })
  })

  test('any change ends with each wanted symbol on exactly one connection, none too full, and no symbol moved', () => {
    const symbol = fc.integer({ min: 0, max: 30 }).map(String)
    fc.assert(
      fc.property(fc.uniqueArray(symbol), fc.array(symbol), fc.integer({ min: 1, max: 7 }), (before, wanted, symbolsPerConnection) => {
        const held = chunk(before, symbolsPerConnection).map((part) => new Set(part))
        const plan = planShards(wanted, held, { symbolsPerConnection })
        const after = held.map((symbols, i) => [
          ...[...symbols].filter((name) => !plan.changes[i]?.remove.includes(name)),
          ...(plan.changes[i]?.add ?? []),
        ])
        const all = [...after, ...plan.open]
        expect(all.flat().sort()).toEqual([...new Set(wanted)].sort())
        for (const part of all) expect(part.length).toBeLessThanOrEqual(symbolsPerConnection)
        for (const [i, { remove, add }] of plan.changes.entries()) {
          expect(remove.every((name) => held[i]?.has(name) && !wanted.includes(name))).toBe(true)
          expect(add.some((name) => held.some((symbols) => symbols.has(name)))).toBe(false)
        }
      }),
      { numRuns: 500 },
    )
  })
})
