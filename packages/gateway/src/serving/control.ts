import type { PriceWish } from '@trinity/core'
import type { Exchange, ServiceHealth } from '../lpo/status-routes.ts'
import type { StatusVenue } from '../status/status-view.ts'

/**
 * What a serving unit asks of the main thread; prices are not among it, those stand in shared memory. Across a thread each call is a
 * message there and one back.
 */
export interface Control {
  /**
   * Takes in an asset that nobody lists; resolves when a first reading came or the wait is over.
   * @throws TrinityError `TRN_OVERLOADED`
   */
  fetch(wish: PriceWish): Promise<void>
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
