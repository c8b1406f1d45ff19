import { expect, test } from 'vitest'
import { WantedAssets } from './wanted.ts'

test('each asset is passed on at most once a second, also those far up the table', () => {
  const passed: [entry: number, toFetch: boolean][] = []
  const wanted = new WantedAssets((...one) => void passed.push(one))
  for (const ms of [0, 500, 999]) for (const entry of [3, 1023, 1024, 8191]) wanted.want(entry, entry > 1023, ms)
  expect(passed).toEqual([
    [3, false],
    [1023, false],
    [1024, true],
    [8191, true],
  ])
  wanted.want(3, true, 1000)
  expect(passed.slice(4)).toEqual([[3, true]])
})
