import type { BoardWriter } from '../board/writer.ts'
import type { Directory, Listing } from '../board/directory.ts'
import { provedAt } from '../board/evidence.ts'
import type { Clock } from '../clock.ts'
import type { Tick } from '../connector.ts'
import type { Refresher } from '../feed/refresher.ts'
import type { Venue } from './venue.ts'
import { leadMs } from './time-base.ts'
import type { VenueTime } from './venue-time.ts'

/** What venues are wired to. */
export interface VenueWiring {
  readonly venues: readonly Venue[]
  readonly directory: Directory
  readonly writer: BoardWriter
  readonly refresher: Refresher
  readonly time: VenueTime
  readonly clock: Clock
}

/** How long the feed has to bring a trade that REST has shown already, before it counts as silent. */
const feedLagMs = 5000

/** How much later than usual trades come when they are held up. */
const heldUpMs = 1000

/** How often a feed that is held up gets that time once more. */
const maxPostponements = 12

/**
 * Wires venues onto the board: a tick is evidence, a lost connection and a rejection leave a feed in doubt, an opened one asks for a reading, a
 * reading that shows a trade which the feed does not bring makes the symbol silent, a stepped clock leaves everything unconfirmed, and one that
 * has gone ahead a little makes everything older.
 */
export function wireVenues(wiring: VenueWiring): void {
  const { venues, directory, writer, refresher, time, clock } = wiring
  const feeds = new Map(venues.map((venue) => [venue.connector.name, wireFeed(venue, wiring)]))
  refresher.on('corrected', (listing, since) => feeds.get(listing.venue)?.checkSoon(listing, since))
  writer.noteWallAhead(time.wallAheadMs)
  time.on('step', (lostMs) => {
    writer.unconfirmAll(lostMs, clock.now())
    writer.noteWallAhead(time.wallAheadMs)
    refresher.readAllNow()
  })
  time.on('slip', (lostMs) => {
    if (lostMs > 0) writer.ageAll(lostMs, clock.now())
    writer.noteWallAhead(time.wallAheadMs)
  })
  time.on('shift', (lostMs) => {
    if (lostMs > 0) writer.ageAll(lostMs, clock.now())
    writer.forgetReadings()
    refresher.readAllNow()
  })
  time.on('ahead', (venue, aheadMs) => {
    for (const { slot } of directory.list(venue)) writer.ageByLead(slot, aheadMs)
  })
  time.on('noSleep', () => refresher.readDueNow())
}

/** A feed that is wired onto the board. */
interface WiredFeed {
  /** Reports a listing that a reading has corrected as silent unless the feed shows a trade of it soon. */
  checkSoon(listing: Listing, since: number): void
}

function wireFeed(venue: Venue, { directory, writer, refresher, time, clock }: VenueWiring): WiredFeed {
  const { connector, feed } = venue
  const listingOf = (symbol: string): Listing | undefined => directory.ofSymbol(connector.name, symbol)
  const markDown = (symbols: readonly string[]): void => {
    for (const symbol of symbols) {
      const listing = listingOf(symbol)
      if (listing !== undefined) writer.markFeedDown(listing.slot)
    }
  }

  let lastTrade = { receivedAt: -Infinity, lateMs: 0 }
  // What came since is much older than usual: the rest may still be on its way, or wait in this process.
  const isHeldUp = (since: number): boolean => lastTrade.receivedAt >= since && lastTrade.lateMs > heldUpMs

  /** When a live tick of a symbol last changed nothing, as one that is refused: its stream is not silent. */
  const refusedAt = new Map<string, number>()

  /** One a symbol at a time, however many readings correct it. */
  const checks = new Map<string, () => void>()
  const checkSoon = ({ symbol, slot }: Listing, since: number): void => {
    if (checks.has(symbol)) return
    const correctedAt = clock.now()
    const checkLater = (postponements: number): void => {
      const cancel = clock.after(feedLagMs, () => {
        checks.delete(symbol)
        if (writer.feedSeenAt(slot) >= correctedAt || (refusedAt.get(symbol) ?? 0) >= correctedAt) return
        if (postponements < maxPostponements && isHeldUp(correctedAt)) checkLater(postponements + 1)
        else feed.reportSilent(symbol, since)
      })
      checks.set(symbol, cancel)
    }
    checkLater(0)
  }

  const onTick = (tick: Tick, receivedAt: number, askedAt: number | undefined): void => {
    const { symbol, price, at, id, orderAt, backfill } = tick
    const isLive = at !== undefined && !backfill
    time.compareClocks(receivedAt)
    const delayBeforeMs = time.delayMs(connector.name)
    // A trade whose time was moved says nothing about the time it is.
    if (isLive && orderAt === undefined) {
      time.observe(connector.name, at, receivedAt)
      lastTrade = { receivedAt, lateMs: time.ageMs(at, receivedAt) - (delayBeforeMs ?? 0) }
    } else if (at !== undefined && orderAt === undefined) time.observeAnyTime(connector.name, at, receivedAt)
    const listing = listingOf(symbol)
    if (listing === undefined) return
    // A trade may show by itself that the venue's clock is ahead; how late trades come at least, only earlier ones can tell.
    const delayMs = leadMs(time.delayMs(connector.name)) > 0 ? time.delayMs(connector.name) : delayBeforeMs
    const evidence = { price, at: at ?? null, id: id ?? null, orderAt, tier: 'L1_MEMORY' as const, askedAt, delayMs }
    // A price without a trade time comes from a quote channel and says nothing about the channel of trades.
    const verdict = writer.apply(listing.slot, evidence, receivedAt, at !== undefined)
    if (isLive && (verdict === 'future' || verdict === 'ignored')) refusedAt.set(symbol, receivedAt)
    if (verdict === 'future') {
      const aheadSeconds = Math.round(-time.ageMs(Math.max(at ?? 0, orderAt ?? 0), receivedAt) / 1000)
      venue.warn('future', { symbol, aheadSeconds }, 'trades from the future are refused; is the unit of their times right?')
    }
    // A trade since the listing was read shows that a market is open again long before the next listing says so.
    const isBelieved = listing.halted && isLive && verdict !== 'future'
    const isOpenAgain = isBelieved && provedAt(evidence, receivedAt, time, true) > venue.instruments.askedAt
    // As the directory has it now: the price may have changed it.
    if (isOpenAgain) directory.update(directory.ofSlot(listing.slot) ?? listing, { halted: false })
  }

  feed.on('tick', onTick)
  feed.on('open', (symbols) => {
    venue.settle('disconnected', 'feed open again')
    void refresher.readNow(connector.name, symbols)
  })
  feed.on('cut', (symbols, reason, retryInMs) => {
    markDown(symbols)
    // Maintenance may leave markets halted.
    venue.instruments.readSoon()
    venue.warn('disconnected', { reason, retryInMs: Math.round(retryInMs) }, 'feed disconnected')
  })
  feed.on('reject', (symbol, reason) => {
    markDown([symbol])
    // It may have another name now.
    venue.instruments.readSoon()
    venue.warn(`rejected ${symbol}`, { symbol, reason }, 'symbol rejected')
  })
  feed.on('silent', (symbol, isReplaced) => {
    const kind = isReplaced ? 'deaf' : 'silent'
    venue.warn(kind, { symbol }, isReplaced ? 'stream silent, its connection is replaced' : 'stream silent, prices by REST')
  })
  feed.on('trouble', (reason) => venue.warn(reason, { reason }, 'feed warning'))
  feed.on('stop', () => {
    for (const cancel of checks.values()) cancel()
    checks.clear()
  })
  return { checkSoon }
}
