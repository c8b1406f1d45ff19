import type { Connector } from '@trinity/core'
import { findFault } from '@trinity/core/simulation'
import { type SimulatedVenues, openSimulatedVenues, standInsOf } from './simulated-venues.fixture.ts'
import { tickersOf, defaultSet } from '../src/connector-set.ts'
import { defaultParameters } from '../src/settings/parameters.ts'
import type { Answer } from './gateway-rig.fixture.ts'

/** A venue that is cut for good while callers ask for its assets. */
export interface CutRun {
  readonly seed: number
  /** How long callers go on asking after all has to be answered. */
  readonly forMs: number
}

/** What they were answered. */
export interface CutReport {
  /** The venue's assets that another venue lists in the same currency. */
  readonly covered: number
  readonly uncovered: number
  /** Of those, with the time since the cut, the ones without a fresh price of another venue. */
  readonly unanswered: readonly string[]
}

const warmUpMs = 60_000
const askEveryMs = 1000

/** How long past the freshness limit a price of another venue may be missing. */
const fallBackMs = 3000

/** Cuts a venue for good and asks for each of its assets once a second, from then on until all must be answered, and less often afterwards. */
export async function cutForGood(connector: Connector, { seed, forMs }: CutRun): Promise<CutReport> {
  const world = await openSimulatedVenues(seed)
  try {
    const { clock, venues, askAll } = world
    const standIns = [...standInsOf(connector)]
    const covered = standIns.filter(([, hasOther]) => hasOther).map(([asset]) => asset)
    await clock.advanceAsync(warmUpMs)
    venues.get(connector.name)?.setFault(findFault('outage'), Number.MAX_SAFE_INTEGER)
    const cutAt = clock.now()
    const answeredAt = cutAt + defaultParameters.freshnessLimitSeconds * 1000 + fallBackMs
    const unanswered: string[] = []
    while (clock.now() < answeredAt + forMs) {
      const askedAt = clock.now()
      for (const [asset, answer] of await askAll(covered)) {
        if (askedAt >= answeredAt && !isFreshElsewhere(answer, connector)) unanswered.push(`${asset} after ${askedAt - cutAt} ms: ${answer.text}`)
      }
      await advanceTo(world, askedAt + (askedAt < answeredAt ? askEveryMs : 10 * askEveryMs))
    }
    return { covered: covered.length, uncovered: standIns.length - covered.length, unanswered }
  } finally {
    await world.stop()
  }
}

/** When each venue was asked by REST while all was well; callers ask for every asset every five seconds, or nobody asks. */
export async function restRequestsWhileAllIsWell(seed: number, forMs: number, callers: boolean): Promise<readonly string[]> {
  const world = await openSimulatedVenues(seed)
  try {
    const { clock, venues, askAll } = world
    await clock.advanceAsync(warmUpMs)
    const beganAt = clock.now()
    const endsAt = beganAt + forMs
    while (clock.now() < endsAt) {
      const askedAt = clock.now()
      if (callers) await askAll(tickersOf(defaultSet))
      await advanceTo(world, askedAt + 5000)
    }
    return [...venues].flatMap(([name, { log }]) => log.restRequests.filter((at) => at >= beganAt && at <= endsAt).map((at) => `${name} ${at}`))
  } finally {
    await world.stop()
  }
}

function isFreshElsewhere({ status, body }: Answer, { sourceTag }: Connector): boolean {
  return status === 200 && body.stale === false && !String(body.source).startsWith(sourceTag)
}

async function advanceTo({ clock }: SimulatedVenues, at: number): Promise<void> {
  if (at > clock.now()) await clock.advanceAsync(at - clock.now())
}
