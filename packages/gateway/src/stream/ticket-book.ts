import { randomBytes } from 'node:crypto'
import { type Clock, TrinityError } from '@trinity/core'

/** How long a ticket may wait for its use. */
export const ticketMs = 60_000

/** Most tickets that wait at once. */
const mostTickets = 10_000

/** Stands in for an API key where a browser can send none: each ticket opens one stream within a minute. */
export class TicketBook {
  readonly #clock: Clock
  readonly #tickets = new Map<string, { readonly keyRow: number; readonly expiresAt: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @throws TrinityError `TRN_OVERLOADED` when too many are waiting */
  issue(keyRow: number): string {
    const now = this.#clock.now()
    // All live equally long, so the oldest stand first.
    for (const [ticket, { expiresAt }] of this.#tickets) {
      if (expiresAt > now) break
      this.#tickets.delete(ticket)
    }
    if (this.#tickets.size >= mostTickets)
      throw new TrinityError('TRN_OVERLOADED', 'Too many stream tickets are waiting for their use; try again soon.')
    const ticket = randomBytes(24).toString('base64url')
    this.#tickets.set(ticket, { keyRow, expiresAt: now + ticketMs })
    return ticket
  }

  /**
   * The key row that a ticket stands for; the ticket is used up.
   * @throws TrinityError `TRN_KEY_INVALID`
   */
  redeem(ticket: string): number {
    const found = this.#tickets.get(ticket)
    this.#tickets.delete(ticket)
    if (found === undefined || found.expiresAt <= this.#clock.now())
      throw new TrinityError('TRN_KEY_INVALID', 'The ticket is not known, used already or older than 60 s; get another one from POST /stream/ticket.')
    return found.keyRow
  }
}
