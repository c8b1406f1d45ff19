import { expect, test } from 'vitest'
import { SymbolWatch, symbolWaits } from './symbol-watch.ts'

test('a symbol that is refused on each new connection is tried ever more slowly', () => {
  const watch = new SymbolWatch(() => 1)
  watch.add('a')
  let now = 0
  const waits: number[] = []
  for (let i = 0; i < 6; i++) {
    watch.restart('a')
    watch.sawReject('a', 'unknown', now)
    const refusedAt = now
    while (watch.takeRetries(now).length === 0) now += 1000
    waits.push(now - refusedAt)
  }
  const first = symbolWaits.rejectedMs
  expect(waits).toEqual([first, 2 * first, 4 * first, 8 * first, symbolWaits.maxRejectedMs, symbolWaits.maxRejectedMs])
})
