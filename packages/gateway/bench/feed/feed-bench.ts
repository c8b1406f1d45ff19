import { findConnector } from '../../src/connectors.ts'
import type { Bench, BenchReport, VoidRun } from '../bench.ts'
import { type RoundPlan, measureRounds } from '../rounds.ts'
import { reportFeed } from './feed-report.ts'
import { type Venue, frameShapes } from './frame-shapes.ts'
import { type VenueMatch, findWrong, prepareMatch } from './venue-match.ts'

/** Enough trades of each symbol that ccxt's caches of 1000 turn over within a pass, so that no id comes back to a full one. */
const framesPerVenue = 3000

/** Decodes the same frames of each venue with the connector, JSON.parse, ccxt and tardis-dev. */
export const benchFeed: Bench = ({ rounds, quick }) => {
  const venues = Object.keys(frameShapes) as Venue[]
  const matches = venues.map((venue) => prepareMatch(venue, findConnector(venue), quick ? 100 : framesPerVenue))
  return runMatches(matches, quick ? { rounds, sliceMs: 0, warmUpMs: 0 } : { rounds, sliceMs: 100, warmUpMs: 200 })
}

/** Checks every decoder on every frame before and after the rounds, and measures in between. */
export function runMatches(matches: readonly VenueMatch[], plan: RoundPlan): BenchReport | VoidRun {
  const wrong = firstWrong(matches)
  if (wrong !== undefined) return { wrong }
  const rates = measureRounds(
    matches.flatMap(({ entries }) => entries),
    plan,
  )
  const wrongLater = firstWrong(matches)
  return wrongLater === undefined ? reportFeed(matches, rates) : { wrong: wrongLater }
}

function firstWrong(matches: readonly VenueMatch[]): string | undefined {
  for (const match of matches) {
    const wrong = findWrong(match)
    if (wrong !== undefined) return wrong
  }
  return undefined
}
