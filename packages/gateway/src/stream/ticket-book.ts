import { randomBytes } from 'node:crypto'
import { type Clock, TrinityError } from '@trinity/core'

/** How long a ticket may wait for its use. */
export const ticketMs = 60_000

/** Most tickets that wait at once, of all keys and of one. */
export const mostTickets = 10_000
export const mostOfKey = 500

interface Ticket {
  readonly keyRow: number
  readonly expiresAt: number
}

/** Stands in for an API key where a browser can send none: each ticket opens one stream within a minute. */
export class TicketBook {
  readonly #clock: Pick<Clock, 'now'>
  readonly #tickets = new Map<string, Ticket>()
  /** Waiting tickets by key row. */
  readonly #counts = new Map<number, number>()

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  /** @throws TrinityError `TRN_RATE_LIMITED` when too many of the key are waiting, `TRN_OVERLOADED` when too many of all are */
  issue(keyRow: number): string {
    const now = this.#clock.now()
    // All live equally long, so the oldest stand first.
    for (const [ticket, { expiresAt }] of this.#tickets) {
      if (expiresAt > now) break
      this.#take(ticket)
    }
    const ofKey = this.#counts.get(keyRow) ?? 0
    if (ofKey >= mostOfKey)
      throw new TrinityError('TRN_RATE_LIMITED', `${mostOfKey} stream tickets of the key are waiting for their use; use them, or wait a minute.`, {
        retryAfterMs: ticketMs,
      })
    if (this.#tickets.size >= mostTickets)
      throw new TrinityError('TRN_OVERLOADED', 'Too many stream tickets are waiting for their use; try again soon.')
    const ticket = randomBytes(24).toString('base64url')
    this.#tickets.set(ticket, { keyRow, expiresAt: now + ticketMs })
    this.#counts.set(keyRow, ofKey + 1)
    return ticket
  }

  /**
   * The key row that a ticket stands for; the ticket is used up.
   * @throws TrinityError `TRN_KEY_INVALID`
   */
  redeem(ticket: string): number {
    const found = this.#take(ticket)
    if (found === undefined || found.expiresAt <= this.#clock.now())
      throw new TrinityError('TRN_KEY_INVALID', 'The ticket is not known, used already or older than 60 s; get another one from POST /stream/ticket.')
    return found.keyRow
  }

  #take(ticket: string): Ticket | undefined {
    const found = this.#tickets.get(ticket)
    if (found === undefined) return undefined
    this.#tickets.delete(ticket)
    const left = (this.#counts.get(found.keyRow) ?? 1) - 1
    if (left === 0) this.#counts.delete(found.keyRow)
    else this.#counts.set(found.keyRow, left)
    return found
  }
}
