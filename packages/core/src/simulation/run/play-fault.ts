import { every } from '../../clock.ts'
import type { SimulatorDialect } from '../dialect.ts'
import type { Fault } from '../fault/fault.ts'
import type { SimulatedVenue } from '../venue.ts'
import type { FaultReport, Replacement } from './fault-report.ts'
import type { FaultRig } from './fault-rig.ts'
import { FaultWatch } from './fault-watch.ts'
import { passedLimits } from './passed-limits.ts'
import { Truth } from './truth.ts'
import { watchRejections } from './watch-rejections.ts'

/** One fault on a stage that is set: a venue whose market moves, and an engine that has not started. */
export interface FaultPlay {
  readonly rig: FaultRig
  readonly venue: SimulatedVenue
  readonly fault: Fault
  readonly seed: number
  readonly warmUpMs: number
  readonly durationMs: number
  /** How late a timer or a frame may be. */
  readonly toleranceMs: number
  readonly everyPrice: boolean
  /** When the engine asked REST, where requests take unequal times on their way. */
  readonly restRequests?: readonly number[]
  /** Sets the node's wall clock forward, or back. */
  stepWall(ms: number): void
  /** Lets time go by on the venue's clock. */
  pass(ms: number): Promise<unknown>
}

const lookMs = 250

/** What a last frame may be under way when silence begins. */
const onItsWayMs = 50

/** Longest time after a fault that is waited for things to be as before. */
const recoveryMs = 120_000

/** How long past its limit of freshness a price may be shown as fresh. */
const flagWithinMs = 1000

/** From the first trade of a market that was halted until its price is fresh. */
const firstTradeMs = 1000

/** From a step of the wall clock until every price has a new proof. */
const steppedMs = 10_000

/** From a halt until the engine knows it: the market has to go quiet, and the listing may have been read just before. */
const haltSeenMs = 300_000

/** From the renaming of a symbol until its asset is fresh under the other name: a second listing has to lack the old one. */
const renameSeenMs = 600_000

/** What passes in any case before it is over. */
const settleMs = 15_000

/** Plays a fault from before it begins until things are as before, and reports what the engine showed meanwhile. It leaves the engine stopped. */
export async function playFault(play: FaultPlay): Promise<FaultReport> {
  const { rig, venue, fault, durationMs, toleranceMs } = play
  const { clock, dialect } = venue
  const { connector } = rig
  const { silence, cut, deafens, wallStepMs, halts, listing } = fault.behaviour
  const watch = new FaultWatch(rig, venue, new Truth(venue), play)
  const errors: string[] = []
  const stopWatching = watchRejections((reason) => errors.push(reason))
  const startedAt = clock.now()
  let faultAt = startedAt
  let endedAt = startedAt
  let connectsBefore = 0
  let toldTrades = 0
  let notBack: readonly string[] = rig.assets
  let stopLooking: (() => void) | undefined
  const setWall = (stepMs: number | undefined): void => {
    if (stepMs === undefined) return
    play.stepWall(stepMs)
    watch.step()
  }
  const begin = (forMs: number): void => {
    venue.setFault(fault, forMs)
    setWall(wallStepMs)
    watch.awaitRenamed()
  }
  try {
    stopLooking = every(clock, lookMs, () => watch.look())
    if (fault.atStart === true) begin(play.warmUpMs + durationMs)
    rig.start()
    await play.pass(play.warmUpMs)
    watch.begin()
    faultAt = clock.now()
    connectsBefore = venue.log.connects.length
    if (fault.atStart !== true) begin(durationMs)
    const stopCounting = venue.onTold(() => toldTrades++)
    await play.pass(durationMs)
    stopCounting()
    endedAt = clock.now()
    venue.setFault(undefined)
    setWall(wallStepMs === undefined ? undefined : -wallStepMs)
    await play.pass(settleMs)
    while (!watch.isOver() && clock.now() < endedAt + recoveryMs) await play.pass(1000)
    notBack = watch.stale()
  } catch (error) {
    errors.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  } finally {
    stopLooking?.()
    rig.stop()
    stopWatching()
  }
  const { firstCutAt, lastOpenAt, backAt, lastCut, allStaleAt, answers } = watch
  const { connects, listingRequests, needlessRequests } = venue.log
  const reopened = lastOpenAt !== undefined && lastOpenAt >= endedAt
  const { freshnessLimitMs } = rig.ages
  const restStandsIn = fault.leavesRest && connector.rest !== undefined
  const nothingIsLeft = cutsOff(fault) && durationMs > freshnessLimitMs + flagWithinMs
  const isDeaf = deafens === true || silence === 'trades'
  return {
    venue: connector.name,
    fault: fault.name,
    seed: play.seed,
    errors,
    unknownAssets: answers.unknownAssets,
    freshBeyondLimit: answers.freshBeyondLimit,
    servedBeyondMaxStale: answers.servedBeyondMaxStale,
    youngerThanTrue: answers.youngerThanTrue,
    wrongPrices: answers.wrongPrices,
    confirmedWhileHalted: answers.confirmedWhileHalted,
    freshWithoutProof: watch.freshWithoutProof,
    passedLimits: passedLimits(venue, toleranceMs, play.restRequests),
    needlessResubscriptions: needlessRequests,
    longestUnconfirmedMs: watch.longestUnconfirmedMs,
    allStaleMs: allStaleAt === undefined ? undefined : allStaleAt - faultAt,
    staleWithinMs: nothingIsLeft ? freshnessLimitMs + flagWithinMs : undefined,
    cutSeenMs: firstCutAt === undefined ? undefined : firstCutAt - faultAt,
    backMs: reopened ? (backAt ?? Infinity) - endedAt : undefined,
    backWithinMs: reopened ? backWithinMs(venue, endedAt, Math.max(lastCut?.dueAt ?? 0, endedAt + restStepMs(fault))) : undefined,
    returnMs: watch.longestReturnMs,
    returnWithinMs: returnWithinMs(fault),
    notBack,
    connects: connects.length - connectsBefore,
    deaf: isDeaf ? { ...replacement(venue, faultAt, endedAt, connects[connectsBefore]), saidSilent: watch.saidSilent } : undefined,
    haltSeenMs: halts === undefined ? undefined : watch.longestUnseenHaltMs,
    haltSeenWithinMs: fault.atStart === true ? lookMs : haltSeenMs,
    unreadListing: listing !== undefined && !listingRequests.some((at) => at >= (fault.atStart === true ? startedAt : faultAt) && at <= endedAt),
    silenceWithinMs: silence === 'all' && cut === undefined ? promisedSilenceMs(dialect) : undefined,
    unconfirmedWithinMs: restStandsIn ? freshnessLimitMs + (fault.lagMs ?? 0) : undefined,
    keepsConnections: fault.keepsConnections === true,
    toldTrades,
    ranMs: clock.now() - startedAt,
  }
}

function replacement({ log }: SimulatedVenue, faultAt: number, endedAt: number, openedAt = Infinity): Omit<Replacement, 'saidSilent'> {
  const before = log.frames.filter(({ at }) => at >= faultAt && at < openedAt)
  const requests = before.filter((frame) => frame.requests.some(({ kind }) => kind === 'subscribe')).length
  return { replacedMs: openedAt - faultAt, requests, overlapped: !log.disconnects.some((at) => at >= faultAt && at <= endedAt) }
}

/** How soon an asset has to be fresh after what the fault did to it, where the fault names its moment. */
function returnWithinMs({ behaviour: { renames, wallStepMs } }: Fault): number {
  if (renames === true) return renameSeenMs
  return wallStepMs === undefined ? firstTradeMs : steppedMs
}

/** Whether it ends every connection at once, lets no other be opened, and takes REST away too. */
function cutsOff({ leavesRest, behaviour: { cut, admission, goodbyeMs } }: Fault): boolean {
  return !leavesRest && cut !== undefined && admission !== undefined && goodbyeMs === undefined
}

/** The waits under way when the fault ended, or what the venue's limit of connections makes of it; its pause after opening; and a second. */
function backWithinMs(venue: SimulatedVenue, endedAt: number, dueAt: number): number {
  const { connects, afterOpenMs = 0 } = venue.dialect.connector.limits
  const times = venue.log.connects
  const earlier = times[times.length - 1 - connects.count]
  const allowedAt = earlier === undefined ? 0 : earlier + connects.perMs
  return Math.max(endedAt, dueAt, allowedAt) - endedAt + afterOpenMs + 1000
}

/** How long REST may still not be asked after the fault: what the venue told, the pause after a refusal, or the rest of a time-out. */
function restStepMs({ behaviour: { rest } }: Fault): number {
  if (rest?.kind === 'rejection') return 30_000
  if (rest?.kind === 'status') return (rest.retryAfterSeconds ?? 30) * 1000
  return rest?.kind === 'unanswered' ? 10_000 : 0
}

/** A connection that is silent must be seen within 5 s where the venue says something each second, else within twice what it promises. */
function promisedSilenceMs({ connector, heartbeat }: SimulatorDialect): number {
  const everyMs = Math.min(heartbeat?.everyMs ?? Infinity, connector.heartbeat.ping?.everyMs ?? Infinity)
  return (everyMs <= 1000 ? 5000 : 2 * everyMs) + onItsWayMs
}
