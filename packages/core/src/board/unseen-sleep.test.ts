import { expect, test } from 'vitest'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { createBoard } from './board.ts'
import { noteWallAhead, unseenSleepMs } from './unseen-sleep.ts'

const year = 365 * 86_400_000

test.each([0, -56 * year, 56 * year, 3.4 * year])('a sleep is unseen until it is noted, wherever the clock stood: %i ms ahead', (aheadMs) => {
  const clock = new FakeClock()
  const board = createBoard(1)
  clock.stepWall(aheadMs)
  noteWallAhead(board, aheadMs)
  expect(unseenSleepMs(board, clock)).toBe(0)
  for (const [stepMs, unseenMs] of [
    [600, 0],
    [50, 650],
    [350, 1000],
    [3_600_000, 3_601_000],
  ] as const) {
    clock.stepWall(stepMs)
    expect(unseenSleepMs(board, clock)).toBe(unseenMs)
  }
  noteWallAhead(board, clock.wall() - clock.now())
  expect(unseenSleepMs(board, clock)).toBe(0)
  clock.stepWall(-3_600_000)
  expect(unseenSleepMs(board, clock)).toBe(0)
})
