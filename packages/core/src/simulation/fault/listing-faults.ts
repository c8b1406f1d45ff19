import type { Cut, Fault } from './fault.ts'

/** Longer than the longest wait for the next listing after a connection was cut. */
const rereadMs = 240_000

/** Longer than it takes to see that a market is halted: to go quiet, and to be looked for. */
const quietMs = 660_000

/** After a cut the engine has the listing read again: the venue may have been in maintenance. */
const cut: Cut = { kind: 'close', code: 1012, reason: 'service restart' }

const later = { layer: 'listing', leavesRest: true, keepsConnections: true, runs: 'memory', durationMs: quietMs } as const

const marketFaults: readonly Fault[] = [
  {
    ...later,
    name: 'all-halted',
    sentence: 'The listing says that every symbol is halted, and none trades; REST still shows the last prices.',
    behaviour: { halts: 'all' },
  },
  {
    ...later,
    name: 'some-halted',
    sentence: 'The listing says that every second symbol is halted, and those do not trade; REST still shows the last prices.',
    behaviour: { halts: 'some' },
  },
  {
    ...later,
    name: 'renamed-symbol',
    sentence: 'From then on the venue lists and serves one asset under another of its names and rejects the old one.',
    behaviour: { renames: true },
  },
]

const wrongListings: readonly Fault[] = [
  { ...later, name: 'short-listing', sentence: 'The listing has only one symbol, while all of them trade.', behaviour: { listing: 'short' } },
  { ...later, name: 'empty-listing', sentence: 'The listing is empty, while all symbols trade.', behaviour: { listing: 'empty' } },
  { ...later, name: 'html-listing', sentence: 'In place of the listing comes a web page, with status 200.', behaviour: { listing: 'html' } },
]

/** Faults of the venue's own listing: such as come while all is well, and such as are there when the engine starts. */
export const listingFaults: readonly Fault[] = [
  ...marketFaults,
  ...wrongListings.map((fault): Fault => ({
    ...fault,
    sentence: `Every connection is closed once. ${fault.sentence}`,
    durationMs: rereadMs,
    keepsConnections: false,
    behaviour: { ...fault.behaviour, cut },
  })),
  ...[...marketFaults, ...wrongListings].map(atStart),
]

function atStart({ durationMs: _durationMs, ...fault }: Fault): Fault {
  const { name, sentence } = fault
  return {
    ...fault,
    name: `${name}-at-start`,
    sentence: `At the start: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`,
    runs: 'anywhere',
    atStart: true,
  }
}
