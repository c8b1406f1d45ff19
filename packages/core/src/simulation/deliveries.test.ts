import { expect, test } from 'vitest'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { Deliveries, failureExcusesMs, quietExcusesMs, roundTripMs } from './deliveries.ts'

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

test('a symbol may be asked for anew as long as nothing came, and once more after each trade that did not', () => {
  const { clock, deliveries } = begun()
  clock.advance(60_000)
  expect(deliveries.begin('A')).toBe(false)
  deliveries.count('A', true)
  deliveries.count('A', false)
  clock.advance(1000)
  expect(deliveries.begin('A')).toBe(false)
  deliveries.acknowledge('A')
  clock.advance(20_000)
  // REST still shows what the stream has not brought.
  expect(deliveries.begin('A')).toBe(false)
  deliveries.count('A', true)
  clock.advance(1000)
  expect(deliveries.begin('A')).toBe(true)
})

test('a symbol that was acknowledged and does not trade is not asked for anew for a minute', () => {
  const { clock, deliveries } = begun()
  deliveries.acknowledge('A')
  clock.advance(roundTripMs)
  expect(deliveries.begin('A')).toBe(false)
  clock.advance(1)
  expect(deliveries.begin('A')).toBe(true)
  clock.advance(quietExcusesMs - roundTripMs - 2)
  expect(deliveries.begin('A')).toBe(true)
  clock.advance(1)
  expect(deliveries.begin('A')).toBe(false)
})

test('a trade that did not arrive excuses nothing long after it', () => {
  const { clock, deliveries } = begun()
  deliveries.count('A', true)
  deliveries.count('A', false)
  clock.advance(failureExcusesMs + 1)
  expect(deliveries.begin('A')).toBe(true)
})
