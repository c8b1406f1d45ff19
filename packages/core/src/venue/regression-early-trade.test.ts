import { expect, test } from 'vitest'
import { NodeTimeRig, hour, second } from './node-time-rig.fixture.ts'

const minute = 60 * second

test.each([
  ['one venue, by 4.95 s', 1, 4950],
  ['one venue, by 3 s', 1, 3000],
  ['three venues, by 4.99 s', 3, 4990],
])('one early trade of each venue leaves a jump and a sleep apart: %s', (_, venues, earlyMs) => {
  for (const agoMs of [20 * minute, 10 * second]) {
    const poisoned = (): NodeTimeRig => {
      const rig = new NodeTimeRig(venues).run(minute)
      for (const venue of rig.venues) rig.observe(venue, rig.trueUtc + earlyMs)
      return rig.run(agoMs)
    }
    expect(poisoned().setWall(hour).run(minute).ageErrorMs).toBe(0)
    expect(poisoned().sleep(hour).run(minute).ageErrorMs).toBe(0)
  }
})

test('a short jump is not doubted for ever for such a trade', () => {
  const rig = new NodeTimeRig(1).run(minute)
  rig.observe('venue 1', rig.trueUtc + 4950)
  rig
    .run(second)
    .setWall(3 * second)
    .run(minute)
  expect(rig.ageErrorMs).toBe(3 * second)
  expect(rig.run(10 * minute).ageErrorMs).toBe(0)
})
