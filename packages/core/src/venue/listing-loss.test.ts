import { describe, expect, test } from 'vitest'
import { ListingLoss, type LossVerdict } from './listing-loss.ts'

const held = ['a', 'b', 'c', 'd', 'e', 'f']
const absent = (): boolean => false
const closed = (): boolean => true

function verdicts(readings: readonly (readonly string[])[], isClosed = absent, of = held): readonly LossVerdict[] {
  const loss = new ListingLoss()
  return readings.map((lost) => loss.judge(of, lost, isClosed))
}

const gone = { isDoubtful: false, kept: [] }
const doubtful = { isDoubtful: true, kept: [] }

describe('the loss of wanted symbols', () => {
  test('a few that are absent are gone when the next reading lacks them too', () => {
    expect(verdicts([['a', 'b'], ['a', 'b'], []])).toEqual([{ isDoubtful: false, kept: ['a', 'b'] }, gone, gone])
    expect(verdicts([['a'], [], ['a']]).at(-1)).toEqual({ isDoubtful: false, kept: ['a'] })
    expect(verdicts([['a'], ['a', 'b']]).at(-1)).toEqual({ isDoubtful: false, kept: ['b'] })
  })

  test('a few that are closed are gone at once, half of all with the next reading', () => {
    expect(verdicts([['a', 'b']], closed)).toEqual([gone])
    expect(verdicts([held.slice(3), held.slice(3)], closed)).toEqual([{ isDoubtful: false, kept: held.slice(3) }, gone])
  })

  test.each([
    ['absent', absent],
    ['closed', closed],
  ])('most of all, %s, is believed when three readings in a row say the same', (_, isClosed) => {
    const most = held.slice(1)
    expect(verdicts([most, most, most], isClosed)).toEqual([doubtful, doubtful, gone])
    expect(verdicts([most, most, [], most], isClosed).at(-1)).toEqual(doubtful)
    expect(verdicts([most, most, ['a', 'b', 'c', 'd']], isClosed).at(-1)).toEqual(doubtful)
  })

  test('of three symbols can be the truth', () => {
    const few = ['a', 'b', 'c']
    expect(verdicts([few], closed, few)).toEqual([gone])
    expect(verdicts([few, few], absent, few)).toEqual([{ isDoubtful: false, kept: few }, gone])
  })
})
