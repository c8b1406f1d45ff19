import type { Clock } from '../clock.ts'
import type { Board } from './board.ts'
import { header } from './layout.ts'

/** Wall minus steady clock is noted in units of so many milliseconds: differences in 32 bits are right up to three years. */
const wallAheadUnitMs = 50

/** Less may be what a clock has drifted by, which the writer's thread does not note either. */
const leastSleepMs = 600

/** Notes wall minus steady clock, milliseconds, once all prices on the board are as old as that shows. */
export function noteWallAhead({ words }: Board, wallAheadMs: number): void {
  Atomics.store(words, header.wallAhead, Math.round(wallAheadMs / wallAheadUnitMs) | 0)
}

/**
 * For how long the machine may have slept since the writer's thread last looked, milliseconds: so much older all prices on the board are. In the
 * first moments after a sleep a reader may be asked before that thread has looked.
 */
export function unseenSleepMs({ words }: Board, clock: Pick<Clock, 'now' | 'wall'>): number {
  // In this order, so that a thread that waits in between sees no sleep.
  const wall = clock.wall()
  const units = Math.round((wall - clock.now()) / wallAheadUnitMs) - Atomics.load(words, header.wallAhead)
  const aheadMs = (units | 0) * wallAheadUnitMs
  return aheadMs > leastSleepMs ? aheadMs : 0
}
