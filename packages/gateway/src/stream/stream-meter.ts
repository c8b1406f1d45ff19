import { TrinityError, type UsageRecorder, noWireId, usageProtocols } from '@trinity/core'
import type { CallerDoor } from '../access/caller-door.ts'

/** How far a stream is paid for, and by which key. */
export interface Fare {
  readonly keyRow: number
  /** Of the key when the stream was opened; another one shows that it was revoked, or that its row is another key's by now. */
  readonly epoch: number
  /** On the clock that is never set. */
  paidUntil: number
}

/** What streams are charged. */
export interface StreamCharge {
  /** Notes a stream whose first minute the door has taken. */
  open(keyRow: number, now: number): Fare
  /** Takes the next minute when it is due; an error is why the stream must end. */
  renew(fare: Fare, now: number): TrinityError | undefined
}

/** A stream counts as one request a minute. */
const minuteMs = 60_000

/** No key has it. */
const noEpoch = -1

/** Charges streams to the limits of their keys and counts them among the served requests. */
export class StreamMeter implements StreamCharge {
  readonly #door: CallerDoor
  readonly #usage: UsageRecorder

  constructor(door: CallerDoor, usage: UsageRecorder) {
    this.#door = door
    this.#usage = usage
  }

  open(keyRow: number, now: number): Fare {
    const { keys } = this.#door
    this.#count(keyRow)
    const epoch = keys.epoch(keyRow)
    // Revoked since it was let in, while assets were fetched: then the first look ends it.
    return { keyRow, epoch: keys.isRevoked(keyRow) ? noEpoch : epoch, paidUntil: now + minuteMs }
  }

  renew(fare: Fare, now: number): TrinityError | undefined {
    const { keyRow, epoch } = fare
    if (this.#door.keys.epoch(keyRow) !== epoch) return new TrinityError('TRN_KEY_REVOKED', 'The API key was revoked; use another one.')
    if (now < fare.paidUntil) return undefined
    const refusal = this.#door.admit(keyRow)
    if (refusal === undefined) {
      fare.paidUntil += minuteMs
      this.#count(keyRow)
    }
    // A key that asks for much at this very moment has its minute taken at the next look.
    return refusal?.code === 'TRN_RATE_LIMITED' ? undefined : refusal
  }

  #count(keyRow: number): void {
    this.#usage.record(keyRow, -1, noWireId, 0, usageProtocols.stream, 200)
  }
}
