import type { Fault } from './fault.ts'

const hourMs = 3_600_000

/** Faults of this machine's own clock. */
export const clockFaults: readonly Fault[] = [setting('forward', hourMs), setting('back', -hourMs)]

function setting(way: 'forward' | 'back', wallStepMs: number): Fault {
  return {
    name: `wall-clock-${way}`,
    sentence: `The node's wall clock is set ${way} by an hour, and right again later; time itself does not step, here or at the venue.`,
    layer: 'clock',
    leavesRest: true,
    runs: 'anywhere',
    keepsConnections: true,
    behaviour: { wallStepMs },
  }
}
