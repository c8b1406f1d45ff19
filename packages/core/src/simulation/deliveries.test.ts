import { expect, test } from 'vitest'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { Deliveries, roundTripMs } from './deliveries.ts'

function begun(): { readonly clock: FakeClock; readonly deliveries: Deliveries } {
  const clock = new FakeClock()
  const deliveries = new Deliveries(clock)
  expect(deliveries.begin('A')).toBe(false)
  return { clock, deliveries }
}

test('a request that crosses the first trade is excused once, also when each renewal comes just after a trade', () => {
  const { clock, deliveries } = begun()
  const flagged: boolean[] = []
  for (let i = 0; i < 4; i++) {
    clock.advance(1000)
    deliveries.count('A', true)
    clock.advance(roundTripMs)
    flagged.push(deliveries.begin('A'))
  }
  expect(flagged).toEqual([false, true, true, true])
})

test('a symbol may be asked for anew as long as none of its trades was sent, and once more after each that was not', () => {
  const { clock, deliveries } = begun()
  clock.advance(60_000)
  expect(deliveries.begin('A')).toBe(false)
  deliveries.count('A', true)
  deliveries.count('A', false)
  clock.advance(1000)
  expect(deliveries.begin('A')).toBe(false)
  deliveries.count('A', true)
  clock.advance(1000)
  expect(deliveries.begin('A')).toBe(true)
})
