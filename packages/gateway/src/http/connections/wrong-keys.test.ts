import { expect, test } from 'vitest'
import { WrongKeys, maxSources, wrongKeysAtOnce, wrongKeysPerSecond } from './wrong-keys.ts'

test('a source may try some keys at once and then a few in a second; what it is refused costs it nothing', () => {
  const keys = new WrongKeys()
  const tries = (count: number, nowMs: number): number => Array.from({ length: count }, () => keys.note('a', nowMs)).filter((ms) => ms === 0).length
  expect(tries(100, 1000)).toBe(wrongKeysAtOnce)
  expect(keys.note('a', 1000)).toBe(1000 / wrongKeysPerSecond)
  expect(tries(100, 2000)).toBe(wrongKeysPerSecond)
  expect(tries(100, 1_000_000)).toBe(wrongKeysAtOnce)
  expect(keys.note('b', 1000)).toBe(0)
})

test('so many sources are remembered; with one more all may try again', () => {
  const keys = new WrongKeys()
  for (let i = 0; i <= wrongKeysAtOnce; i++) keys.note('a', 0)
  for (let i = 1; i < maxSources; i++) keys.note(`b${i}`, 0)
  expect(keys.note('a', 0)).toBeGreaterThan(0)
  keys.note('one more', 0)
  expect(keys.note('a', 0)).toBe(0)
})
