import { verdict } from '@trinity/core'
import {
  type SipHash,
  isPing,
  isQuery,
  messageType,
  refusalCode,
  requestIdOf,
  sessionHighOf,
  sessionLowOf,
  wireSize,
  writePong,
  writeRefusal,
} from '@trinity/udp'
import type { Datagram } from '../datagram.ts'
import { type Outcome, outcome } from '../outcome/outcome.ts'
import type { UdpShedder, UdpGate, UdpKeys } from '../parts.ts'
import type { SessionTable } from '../session/sessions.ts'
import type { Quoter } from './quoter.ts'
import type { StrangerDoor } from '../guard/stranger.ts'

/** What a session door works with. */
export interface SessionDoorParts {
  readonly sessions: SessionTable
  readonly keys: UdpKeys
  readonly gate: UdpGate
  readonly shedder: UdpShedder
  readonly sip: SipHash
  readonly quoter: Quoter
  readonly strangers: StrangerDoor
}

/** Answers what is sent within a session: QUERY and PING; REPORT belongs to another port. */
export class SessionDoor {
  readonly #parts: SessionDoorParts

  constructor(parts: SessionDoorParts) {
    this.#parts = parts
  }

  /** Checks in the order of the protocol: session and address, tag, request id; only then is the datagram the client's. */
  answer(datagram: Datagram, type: number): Outcome {
    const { sessions, sip, strangers } = this.#parts
    const { memory, at } = datagram
    const session = this.#find(datagram)
    if (session === 0) return strangers.refuse(datagram)
    if (!sip.verify(sessions.keyAt(session), at, datagram.length - wireSize.tag)) return outcome.tag
    const requestId = requestIdOf(memory, at)
    const order = sessions.windows.judge(session, requestId)
    if (order !== 'new') return order === 'out of range' ? outcome.requestId : outcome.replay
    sessions.windows.accept(session, requestId)
    sessions.prove(session, datagram.monotonicMs)
    if (type === messageType.query) return this.#query(datagram, session)
    if (type === messageType.report) return this.#refuse(datagram, session, refusalCode.wrongPort, 0, outcome.wrongPort)
    return this.#ping(datagram, session)
  }

  /** The session of a datagram, if it comes from the session's address and the key is still what it was; else 0. */
  #find({ memory, at, source, sourceAt, monotonicMs }: Datagram): number {
    const { sessions, keys } = this.#parts
    const session = sessions.find(sessionHighOf(memory, at), sessionLowOf(memory, at), monotonicMs)
    if (session === 0 || !sessions.isFrom(session, source, sourceAt)) return 0
    if (keys.epoch(sessions.keyRow(session)) === sessions.keyEpoch(session)) return session
    sessions.end(session)
    return 0
  }

  #query(datagram: Datagram, session: number): Outcome {
    const { sessions, gate, shedder, quoter, strangers } = this.#parts
    const keyRow = sessions.keyRow(session)
    if (!isQuery(datagram.memory, datagram.at, datagram.length)) {
      quoter.meterRefusal(keyRow, 400)
      return this.#refuse(datagram, session, refusalCode.malformed, 0, outcome.malformed)
    }
    // Nobody is to pay for a refusal for want of time.
    const hasTime = shedder.admit()
    const { monotonicMs, utcMs } = datagram
    const admission = hasTime ? gate.admit(keyRow, monotonicMs, utcMs) : gate.look(keyRow, monotonicMs, utcMs)
    if (admission === verdict.revoked) {
      sessions.end(session)
      return strangers.refuse(datagram)
    }
    if (admission !== verdict.admitted) {
      quoter.meterRefusal(keyRow, 429)
      return this.#refuse(datagram, session, refusalCode.limited, gate.retryAfterMs, outcome.limited)
    }
    if (!hasTime) {
      quoter.meterRefusal(keyRow, 503)
      return this.#refuse(datagram, session, refusalCode.overloaded, shedder.retryAfterMs, outcome.overloaded)
    }
    return this.#finish(datagram, session, quoter.quote(datagram, keyRow), outcome.quote)
  }

  #ping(datagram: Datagram, session: number): Outcome {
    if (!isPing(datagram.length)) return this.#refuse(datagram, session, refusalCode.malformed, 0, outcome.malformed)
    const { memory, at, answerAt } = datagram
    return this.#finish(
      datagram,
      session,
      writePong(memory, answerAt, requestIdOf(memory, at), sessionHighOf(memory, at), sessionLowOf(memory, at)),
      outcome.pong,
    )
  }

  #refuse(datagram: Datagram, session: number, code: number, retryAfterMs: number, result: Outcome): Outcome {
    const { memory, at, answerAt } = datagram
    return this.#finish(datagram, session, writeRefusal(memory, answerAt, requestIdOf(memory, at), code, Math.ceil(retryAfterMs)), result)
  }

  /** Tags an answer of `length` bytes. */
  #finish(datagram: Datagram, session: number, length: number, result: Outcome): Outcome {
    this.#parts.sip.tag(this.#parts.sessions.keyAt(session), datagram.answerAt, length)
    datagram.answerLength = length + wireSize.tag
    return result
  }
}
