import { expect, test } from 'vitest'
import { NodeTimeRig, second, wayMs } from './node-time-rig.fixture.ts'

test('a lone venue whose trades came as late as the clock was set back is not refused for ever after', () => {
  const rig = new NodeTimeRig(1)
    .run(60 * second)
    .run(70 * second, [])
    .setWall(-7 * second)
    .run(2 * second, [])
  for (let i = 0; i < 6; i++) rig.run(second, []).trade('venue 1', 6.5 * second)
  expect(rig.time.offsetMs).toBe(-7 * second)
  rig.run(10 * second)
  expect([Math.abs(rig.time.offsetMs) <= wayMs, rig.log.length]).toEqual([true, 3])
})
