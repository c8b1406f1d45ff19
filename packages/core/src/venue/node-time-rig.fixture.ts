import { FakeClock } from '../testing/fake/fake-clock.ts'
import { VenueTime } from './venue-time.ts'

export const second = 1000
export const hour = 3_600_000
export const tenYears = 3652 * 24 * hour

/** Milliseconds on the way from a venue. */
export const wayMs = 80

/** A node and what time it is at the venues in truth. */
export class NodeTimeRig {
  readonly clock = new FakeClock()
  readonly time = new VenueTime(this.clock)
  readonly log: string[] = []
  readonly venues: readonly string[]
  /** Time at the venues minus the steady clock. */
  trueOffsetMs: number

  /** @param clockErrorMs how far ahead of the venues the node starts */
  constructor(venueCount: number, clockErrorMs = 0) {
    this.venues = Array.from({ length: venueCount }, (_, i) => `venue ${i + 1}`)
    this.trueOffsetMs = -clockErrorMs
    this.time.on('step', (lostMs) => this.log.push(`step ${lostMs}`))
    this.time.on('noSleep', () => this.log.push('no sleep'))
    this.time.on('shift', (lostMs) => this.log.push(`shift ${lostMs}`))
    this.time.start()
  }

  get trueUtc(): number {
    return this.clock.now() + this.trueOffsetMs
  }

  /** How much older than it is something at the venues seems to be. */
  get ageErrorMs(): number {
    return this.time.ageMs(this.trueUtc, this.clock.now())
  }

  trade(venue: string, lateMs = wayMs): void {
    this.observe(venue, this.trueUtc - lateMs)
  }

  observe(venue: string, at: number): void {
    this.time.compareClocks(this.clock.now())
    this.time.observe(venue, at, this.clock.now())
  }

  /** Every venue trades ten times a second. */
  run(ms: number, venues = this.venues): this {
    for (const end = this.clock.now() + ms; this.clock.now() < end;) {
      this.clock.advance(100)
      for (const venue of venues) this.trade(venue)
    }
    return this
  }

  sleep(ms: number): this {
    this.trueOffsetMs += ms
    this.clock.stepWall(ms)
    return this
  }

  setWall(ms: number): this {
    this.clock.stepWall(ms)
    return this
  }
}
