import { expect, test } from 'vitest'
import { closeNames } from './close-names.ts'
import { faultTable } from './fault-table.ts'

const names = faultTable.map(({ name }) => name)

test.each([
  ['outag', 'outage'],
  ['some-halted-atstart', 'some-halted-at-start'],
  ['wall-clock', 'wall-clock-back'],
  ['malformd-json', 'malformed-json'],
])('%s may mean %s', (name, meant) => {
  expect(closeNames(name, names)[0]).toBe(meant)
})

test('of many that are close few are named, and of none nothing', () => {
  expect(closeNames('price', names)).toHaveLength(6)
  expect(closeNames('nosuch', names)).toEqual([])
  expect(closeNames('', names)).toEqual([])
  expect(closeNames('x', ['x', ''])).toEqual([])
})
