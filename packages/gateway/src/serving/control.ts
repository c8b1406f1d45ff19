import type { PriceWish } from '@trinity/core'
import type { Exchange, ServiceHealth } from '../lpo/status-routes.ts'
import type { StatusVenue } from '../status/status-view.ts'

/** What is known after an asset was looked for outside the board. */
export interface FetchOutcome {
  /** Venues that could have what was asked for and whose listing has not been read since the start. */
  readonly unread: readonly string[]
  /** Whether one of those may still be read soon, so that an asset without listing is not unknown yet. */
  readonly awaits: boolean
  /** Whether the venue that was asked for, or any where none was, lists the asset, in whatever currency. */
  readonly listed: boolean
}

/**
 * What a serving unit asks of the main thread; prices are not among it, those stand in shared memory. Across a thread each call is a
 * message there and one back.
 */
export interface Control {
  /**
   * Takes in an asset that nobody lists, or venues that can stand in for one that is down; resolves when a first reading came or the wait is
   * over.
   * @throws TrinityError `TRN_OVERLOADED`
   */
  fetch(wish: PriceWish): Promise<FetchOutcome>
  /** Keeps an asset's listings for another while; tells nothing back. */
  touch(asset: string): Promise<void>
  exchanges(): Promise<readonly Exchange[]>
  health(): Promise<ServiceHealth>
  /** Why the service is not ready; empty when it is. */
  unready(): Promise<readonly string[]>
  status(): Promise<readonly StatusVenue[]>
  /** @throws TrinityError `TRN_OVERLOADED` */
  issueTicket(keyRow: number): Promise<string>
  /**
   * The key row that a ticket stands for; the ticket is used up, whichever thread gave it out.
   * @throws TrinityError `TRN_KEY_INVALID`
   */
  redeemTicket(ticket: string): Promise<number>
}
