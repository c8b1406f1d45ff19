import { createBoard } from '../../board/board.ts'
import { Directory } from '../../board/directory.ts'
import { PriceFinder } from '../../board/price-finder.ts'
import { BoardWriter } from '../../board/writer.ts'
import { Refresher } from '../../feed/refresher.ts'
import { plainNames } from '../../venue/asset-names.ts'
import { VenueTime } from '../../venue/venue-time.ts'
import { Venue } from '../../venue/venue.ts'
import { wireVenues } from '../../venue/wire-venue.ts'
import { FakeClock } from '../fake/fake-clock.ts'
import { seededRandom } from '../seeded-random.ts'
import { Chance } from './chance.ts'
import { EvidenceLog } from './evidence-log.ts'
import { type Served, freshnessLimitMs, unconfirmedMs } from './listing-oracle.ts'
import { TrueVenue, type TrueVenueOptions } from './true-venue.ts'

/** What a history has shown. */
export interface HistoryReport {
  /** One line for each listing and moment at which something wrong was served. */
  readonly violations: readonly string[]
  /** One line for each price that was shown as older than what the node could know. */
  readonly overcautious: readonly string[]
  /** Prices compared with the truth. */
  readonly judged: number
  /** Of them fresh ones. */
  readonly fresh: number
}

const secondMs = 1000
const hourMs = 3_600_000
const tenYearsMs = 3652 * 24 * hourMs

/** So long after a sleep or a step the node may not have looked at its clock yet. */
const unseenMs = 300

/** So much faster than they were made frames come that have waited in the network. */
const backlogFactor = 30

/** Plays histories of consecutive seeds. */
export async function playHistories(firstSeed: number, count: number): Promise<HistoryReport> {
  const reports: HistoryReport[] = []
  for (let i = 0; i < count; i++) reports.push(await playHistory(firstSeed + i))
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, value) => total + value, 0)
  return {
    violations: reports.flatMap(({ violations }) => violations),
    overcautious: reports.flatMap(({ overcautious }) => overcautious),
    judged: sum(reports.map(({ judged }) => judged)),
    fresh: sum(reports.map(({ fresh }) => fresh)),
  }
}

/**
 * Plays one random history: venues trade, frames and bodies come late, doubled, reordered or never, markets halt, the clock is set and the node
 * sleeps. The real engine serves what it makes of that, and every price that it serves is compared with the truth.
 */
export async function playHistory(seed: number): Promise<HistoryReport> {
  const chance = new Chance(seededRandom(seed))
  const clock = new FakeClock()
  const startErrorMs = chance.happens(0.5) ? 0 : chance.pick([3 * secondMs, -3 * secondMs, hourMs, -hourMs, tenYearsMs, -tenYearsMs])
  let trueOffsetMs = -startErrorMs
  const trueUtc = (): number => clock.now() + trueOffsetMs
  const log = new EvidenceLog(trueUtc, startErrorMs)
  // Draws of their own: kinds that came later leave the histories of a seed as they were where they don't happen.
  const later = new Chance(seededRandom(~seed))
  const worlds = chooseVenues(chance, later, startErrorMs).map((options) => new TrueVenue(options, clock, trueUtc, chance, log))
  const node = createNode(worlds, clock, chance)
  for (const world of worlds) world.start()
  node.start()

  const violations: string[] = []
  const overcautious: string[] = []
  let judged = 0
  let fresh = 0
  function judge(): void {
    const now = trueUtc()
    for (const { options } of worlds) {
      for (const { symbol } of options.markets) {
        const served = node.serve(options.name, symbol)
        if (served !== undefined) judged++
        if (served !== undefined && served.ageMs <= freshnessLimitMs) fresh++
        const oracle = log.listing(options.name, symbol)
        const where = `seed ${seed}, ${Math.round(clock.now() - startedAt)} ms, ${options.name} ${symbol}`
        const wrong = oracle.judge(served, now)
        if (wrong !== undefined) violations.push(`${where}: ${wrong}`)
        const cautious = oracle.judgeCaution(served, now)
        if (cautious !== undefined) overcautious.push(`${where}: ${cautious}`)
      }
    }
  }

  const happenings: Readonly<Record<string, () => void>> = {
    set() {
      const ms = unlikeOthers(chance.pick([3 * secondMs, -3 * secondMs, hourMs, -hourMs, tenYearsMs, -tenYearsMs]))
      clock.stepWall(ms)
      log.jumped(ms, 0)
    },
    sleep() {
      const ms = unlikeOthers(chance.pick([3 * secondMs, 60 * secondMs, hourMs]))
      trueOffsetMs += ms
      clock.stepWall(ms)
      log.jumped(ms, ms)
      for (const world of worlds) {
        if (chance.happens(0.5)) world.wake(ms, later.happens(0.3) ? Math.min(later.between(1000, 30_000), ms / backlogFactor) : 0)
        else cut(world)
      }
    },
    cut: () => cut(chance.pick(worlds)),
    halt() {
      const world = chance.pick(worlds)
      for (const market of chance.happens(0.5) ? world.markets : world.markets.slice(0, 1)) market.isHalted = !market.isHalted
      clock.after(chance.between(2, 10) * secondMs, () => node.readListing(world))
    },
    readListing: () => node.readListing(chance.pick(worlds)),
  }
  /** Mostly the same few lengths, so that jumps add up and cancel out; else any up to half a minute. */
  function unlikeOthers(ms: number): number {
    return later.happens(0.3) ? Math.sign(ms) * later.between(2500, 30_000) : ms
  }
  function cut(world: TrueVenue): void {
    world.cut()
    log.cut(world.options.name)
  }

  const startedAt = clock.now()
  const lastsMs = chance.between(60, 240) * secondMs
  let nextAt = startedAt + chance.pauseMs(20 * secondMs)
  while (clock.now() < startedAt + lastsMs && violations.length < 5) {
    if (clock.now() >= nextAt) {
      nextAt = clock.now() + chance.pauseMs(20 * secondMs)
      happenings[chance.pick(Object.keys(happenings))]?.()
      await clock.advanceAsync(1)
      judge()
      await clock.advanceAsync(unseenMs)
    }
    await clock.advanceAsync(chance.between(20, 1000))
    judge()
  }
  node.stop()
  return { violations, overcautious, judged, fresh }
}

function chooseVenues(chance: Chance, later: Chance, startErrorMs: number): TrueVenueOptions[] {
  const count = chance.between(3, 5)
  let hasSlow = false
  const isTroubled = chance.happens(0.7)
  const share = (most: number): number => (isTroubled && chance.happens(0.6) ? chance.random() * most : 0)
  return Array.from({ length: count }, (_, i) => {
    // At most one venue's clock is wrong: behind by no more than 5 s together with the node's own error, of which nobody can know, or ahead.
    const isSlow = i === 0 && chance.happens(0.3)
    const errorMs = isSlow ? -chance.between(500, startErrorMs === 3 * secondMs ? 1500 : 4500) : chance.between(-100, 100)
    hasSlow ||= isSlow
    const isFast = i === 1 && !hasSlow && startErrorMs === 0 && later.happens(0.4)
    const venueClockErrorMs = isFast ? later.between(500, 4500) : errorMs
    const tradeEveryMs = isSlow ? 500 : chance.pick([300, 300, 2000, 2000, 10_000, 40_000])
    const saysMadeAt = chance.happens(0.4)
    return {
      name: `venue-${i + 1}`,
      markets: Array.from({ length: chance.between(1, 2) }, (__, k) => ({
        symbol: `A${k}-USD`,
        tradeEveryMs: k === 0 ? tradeEveryMs : chance.pick([1000, 15_000, 60_000]),
        priceLevels: chance.pick([0, 0, 4]),
        venueClockErrorMs,
      })),
      rest: {
        timed: chance.happens(0.4),
        saysMadeAt,
        maxBodyAgeMs: saysMadeAt ? chance.pick([0, 5000, 600_000]) : chance.pick([0, 0, 2000, 20_000, 600_000]),
        everyMs: chance.pick([5000, 10_000, 20_000]),
      },
      wayMs: chance.between(10, 70),
      sendsSnapshots: chance.happens(0.5),
      lost: share(0.3),
      late: share(0.3),
      doubled: share(0.3),
      failed: share(0.3),
    }
  })
}

interface Node {
  start(): void
  stop(): void
  readListing(world: TrueVenue): void
  serve(venue: string, symbol: string): Served | undefined
}

/** The real engine, wired as the price service wires it. */
function createNode(worlds: readonly TrueVenue[], clock: FakeClock, chance: Chance): Node {
  const slots = 16
  const board = createBoard(slots)
  const time = new VenueTime(clock)
  const writer = new BoardWriter(board, unconfirmedMs, time)
  const rank = new Map(worlds.map(({ options }, i) => [options.name, i]))
  const directory = new Directory(writer, slots, ({ venue }) => rank.get(venue) ?? 0)
  const worldOf = (url: string): TrueVenue => worlds.find(({ options }) => new URL(url).host === `${options.name}.test`) as TrueVenue
  const deps = {
    transport: {
      connect: (url: string, handlers: Parameters<TrueVenue['connect']>[0]) => worldOf(url).connect(handlers),
      request: ({ url }: { readonly url: string }) => worldOf(url).request(url),
    },
    clock,
    random: chance.random,
    time,
    names: plainNames,
    directory,
    writer,
    log: { warn: () => undefined, settle: () => undefined },
    rest: true,
    freshnessLimitMs: () => freshnessLimitMs,
    onListing: () => undefined,
  }
  const assetsOf = ({ options }: TrueVenue): string[] => options.markets.map(({ symbol }) => symbol.replace('-USD', ''))
  const venues = worlds.map((world) => new Venue(world.connector, { prewarmed: assetsOf(world) }, deps))
  const refresher = new Refresher({ venues, directory, writer, clock, time, tiers: [], unconfirmedMs })
  wireVenues({ venues, directory, writer, refresher, time, clock })
  const finder = new PriceFinder(board, directory, clock)
  return {
    start() {
      for (const venue of venues) venue.open()
      time.start()
      for (const venue of venues) venue.start()
      refresher.start()
    },
    stop() {
      refresher.stop()
      time.stop()
      for (const venue of venues) venue.stop()
    },
    readListing: (world) => venues[worlds.indexOf(world)]?.instruments.start(),
    serve(venue, symbol) {
      const found = finder.find({ asset: symbol.replace('-USD', ''), venue }, clock.now())
      return typeof found === 'string' ? undefined : { price: found.reading.price, ageMs: clock.now() - found.reading.confirmedAt }
    },
  }
}
