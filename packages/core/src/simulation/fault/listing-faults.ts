import type { Fault, FaultBehaviour } from './fault.ts'

/** Longer than the longest wait for the next listing while something wanted is halted or missing. */
const rereadMs = 240_000

const listingTroubles: readonly { readonly name: string; readonly sentence: string; readonly behaviour: FaultBehaviour }[] = [
  {
    name: 'all-halted',
    sentence: 'The listing says that every symbol is halted, and none trades; REST still shows the last prices.',
    behaviour: { halts: 'all' },
  },
  {
    name: 'some-halted',
    sentence: 'The listing says that every second symbol is halted, and those do not trade; REST still shows the last prices.',
    behaviour: { halts: 'some' },
  },
  { name: 'short-listing', sentence: 'The listing has only one symbol, while all of them trade.', behaviour: { listing: 'short' } },
  { name: 'empty-listing', sentence: 'The listing is empty, while all symbols trade.', behaviour: { listing: 'empty' } },
  { name: 'html-listing', sentence: 'In place of the listing comes a web page, with status 200.', behaviour: { listing: 'html' } },
  {
    name: 'renamed-symbol',
    sentence: 'From then on the venue lists and serves one asset under another of its names and rejects the old one.',
    behaviour: { renames: true },
  },
]

/** Faults of the venue's own listing: such as come while all is well, and such as are there when the engine starts. */
export const listingFaults: readonly Fault[] = listingTroubles.flatMap(({ name, sentence, behaviour }): readonly Fault[] => {
  const fault = { layer: 'listing', leavesRest: true, keepsConnections: true, behaviour } as const
  return [
    { ...fault, name, sentence, runs: 'memory', durationMs: rereadMs, rereadsListing: true },
    {
      ...fault,
      name: `${name}-at-start`,
      sentence: `At the start: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`,
      runs: 'anywhere',
      atStart: true,
    },
  ]
})
