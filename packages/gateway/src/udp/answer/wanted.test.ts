import { expect, test } from 'vitest'
import { WantedAssets } from './wanted.ts'

test('each asset is passed on at most once a second, also those far up the table', () => {
  const passed: number[] = []
  const wanted = new WantedAssets((entry) => void passed.push(entry))
  for (const ms of [0, 500, 999]) for (const entry of [3, 1023, 1024, 8191]) wanted.want(entry, ms)
  expect(passed).toEqual([3, 1023, 1024, 8191])
  wanted.want(3, 1000)
  expect(passed).toHaveLength(5)
})
