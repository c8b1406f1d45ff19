import type { KeyRecord, KeyStore } from '@trinity/core'
import { authenticate } from '../access/authenticate.ts'
import type { StreamHub } from './hub.ts'
import { TicketBook } from './ticket-book.ts'

/** Who may open a stream: the holder of a key or of a ticket. */
export class StreamDoor {
  readonly hub: StreamHub
  readonly tickets: TicketBook
  readonly #keys: KeyStore

  constructor(hub: StreamHub, keys: KeyStore) {
    this.hub = hub
    this.#keys = keys
    this.tickets = new TicketBook(hub.clock)
  }

  /** @throws TrinityError `TRN_KEY_MISSING`, `TRN_KEY_INVALID`, `TRN_OVERLOADED` */
  admit(authorization: string | undefined, ticket: string | null | undefined): KeyRecord {
    const key =
      (authorization === undefined || authorization === '') && ticket !== undefined && ticket !== null
        ? this.tickets.redeem(ticket)
        : authenticate(this.#keys, authorization)
    this.hub.demandRoom()
    return key
  }
}
