import type { IncomingMessage } from 'node:http'
import type { CallerDoor } from '../access/caller-door.ts'
import type { LimitHeaders } from '../access/limit-headers.ts'
import type { Connections } from '../http/connections/connections.ts'
import type { Control } from '../serving/control.ts'
import type { StreamHub } from './hub.ts'

/** What the door works with. */
export interface StreamDoorParts {
  readonly door: CallerDoor
  readonly control: Pick<Control, 'issueTicket' | 'redeemTicket'>
  readonly hub: StreamHub
  readonly connections: Pick<Connections, 'noteKey' | 'slowDown'>
}

/** Who may open a stream: the holder of a key or of a ticket, within the limits of the key. */
export class StreamDoor {
  readonly hub: StreamHub
  readonly #parts: StreamDoorParts

  constructor(parts: StreamDoorParts) {
    this.hub = parts.hub
    this.#parts = parts
  }

  /**
   * The key row of who asks, with one request taken from its limits.
   * @param tell hears how the limits stand, also when they refuse
   * @throws TrinityError `TRN_KEY_…`, `TRN_RATE_LIMITED`, `TRN_QUOTA_EXCEEDED`, `TRN_OVERLOADED`
   */
  async admit(request: IncomingMessage, ticket: string | null | undefined, tell: (limits: LimitHeaders) => void = () => undefined): Promise<number> {
    const { door, control, hub, connections } = this.#parts
    const { authorization } = request.headers
    const byTicket = (authorization === undefined || authorization === '') && ticket !== undefined && ticket !== null
    const keyRow = byTicket ? await control.redeemTicket(ticket) : this.#identify(request)
    if (byTicket) connections.noteKey(request, keyRow)
    hub.demandRoom()
    const refusal = door.admit(keyRow)
    tell(door.headers(keyRow))
    if (refusal !== undefined) throw refusal
    return keyRow
  }

  /** A ticket for the holder of a key. @throws TrinityError `TRN_KEY_…`, `TRN_OVERLOADED` */
  async issueTicket(request: IncomingMessage): Promise<string> {
    return this.#parts.control.issueTicket(this.#identify(request))
  }

  #identify(request: IncomingMessage): number {
    const { door, connections } = this.#parts
    try {
      const keyRow = door.identify(request.headers.authorization)
      connections.noteKey(request, keyRow)
      return keyRow
    } catch (error) {
      throw connections.slowDown(request, error)
    }
  }
}
