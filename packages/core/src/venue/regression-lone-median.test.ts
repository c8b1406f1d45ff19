import { expect, test } from 'vitest'
import { NodeTimeRig, hour, second } from './node-time-rig.fixture.ts'

test.each([
  ['behind by 2.5 s, four venues', -2.5 * second, [40, 60, 700, 1300]],
  ['behind by 2.5 s, one venue of four late', -2.5 * second, [30, 300, 900, 6600]],
  ['behind by an hour, one venue of four late by a minute', -hour, [300, 300, 900, 51 * second]],
  ['ahead by 20 s, one venue of four ahead', 20 * second, [900, 900, 300, -3500]],
  ['ahead by an hour, one venue of four ahead', hour, [30, 900, 900, -2800]],
])('a clock that is wrong is found, also where the middle venue agrees with no other: %s', (_, clockErrorMs, lateMs) => {
  const rig = new NodeTimeRig(lateMs.length, clockErrorMs)
  for (const end = rig.clock.now() + 20 * second; rig.clock.now() < end;) {
    rig.clock.advance(100)
    for (const [i, venue] of rig.venues.entries()) rig.trade(venue, lateMs[i])
  }
  expect(Math.abs(rig.ageErrorMs)).toBeLessThanOrEqual(second)
})
