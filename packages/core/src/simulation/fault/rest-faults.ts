import type { Admission, Fault } from './fault.ts'

const cutOff = { cut: { kind: 'reset' }, admission: (): Admission => ({ kind: 'refused', reason: 'connect ECONNREFUSED' }) } as const

/** More than any connector says that bodies without a time can be old. */
const lagMs = 15_000

/** Faults of what REST says of prices. */
export const restFaults: readonly Fault[] = [
  {
    name: 'old-bodies',
    sentence: 'REST tells prices as old as the connector says that they can be, and of at least 15 s ago where a body has times.',
    layer: 'rest',
    leavesRest: true,
    runs: 'anywhere',
    keepsConnections: true,
    lagMs,
    behaviour: { restLag: { datedMs: lagMs, tradesMs: lagMs } },
  },
  {
    name: 'old-bodies-cut',
    sentence:
      'Every connection is reset and new ones are refused, and REST tells prices as old as the connector says that they can be, ' +
      'and of at least 15 s ago where a body says when it was made.',
    layer: 'rest',
    leavesRest: true,
    runs: 'anywhere',
    lagMs,
    // A last trade of 15 s ago would look like the last one of now.
    behaviour: { ...cutOff, restLag: { datedMs: lagMs, tradesMs: 0 } },
  },
  {
    name: 'rest-rejection',
    sentence: 'REST answers status 200 and a body that rejects the request.',
    layer: 'rest',
    leavesRest: false,
    runs: 'anywhere',
    keepsConnections: true,
    behaviour: { rest: { kind: 'rejection' } },
  },
  {
    name: 'rest-rejection-cut',
    sentence: 'Every connection is reset and new ones are refused, and REST answers status 200 and a body that rejects the request.',
    layer: 'rest',
    leavesRest: false,
    runs: 'anywhere',
    behaviour: { ...cutOff, rest: { kind: 'rejection' } },
  },
]
