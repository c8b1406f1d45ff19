import { type SipHash, createSipHash, lowerWord, messageType, requestTypeOf, upperWord, wireSize } from '@trinity/udp'
import { Greeter } from './answer/greeter.ts'
import { Quoter } from './answer/quoter.ts'
import { SessionDoor } from './answer/session-door.ts'
import { StrangerDoor } from './guard/stranger.ts'
import { WantedAssets } from './answer/wanted.ts'
import { Datagram } from './datagram.ts'
import { discardReason } from './outcome/discard-reason.ts'
import { KeyedHash, keyedHashBytes } from './guard/keyed-hash.ts'
import { type Outcome, outcome, receivedCell } from './outcome/outcome.ts'
import type { UdpLimits, UdpParts } from './parts.ts'
import { SessionTable, defaultSessionLimits, sessionKeyBytes } from './session/sessions.ts'
import { type AnswerText, answerInText, isText } from './text-mode.ts'
import { type UdpBatch, type UdpHandler, batchSlots, slotBytes } from './transport/transport.ts'

export const defaultUdpLimits: UdpLimits = { ...defaultSessionLimits, hellosPerSecond: 128, strangersPerSecond: 256 }

/** One UDP price port of one serving thread. */
export interface UdpService {
  /** For the transport: datagrams, answers and session keys share this memory, so that tags need no copies. */
  readonly memory: Uint8Array<ArrayBuffer>
  readonly memoryStart: number
  readonly handle: UdpHandler
  /** Sessions now open. */
  readonly sessions: { readonly proven: number; readonly unproven: number }
  /** Address space of all tables; the system gives memory for what has been used only. */
  readonly tableBytes: number
  /** Ends all sessions and forgets their keys. */
  close(): void
}

const batchBytes = 2 * batchSlots * slotBytes

/** Makes the handler of a price port; its transport must lay its batches into the service's `memory`. */
export function createUdpService(parts: UdpParts): UdpService {
  const limits = { ...defaultUdpLimits, ...parts.limits }
  const keysAt = batchBytes + keyedHashBytes
  const sip = createSipHash({ bytes: keysAt + sessionKeyBytes(limits) })
  const { keys, keyRows, fillRandom } = parts
  const hash = new KeyedHash(sip, batchBytes, fillRandom)
  const sessions = new SessionTable({ limits, keyRows, sip, keysAt })
  const strangers = new StrangerDoor(hash, limits.strangersPerSecond)
  const greeter = new Greeter({ keys, keyRows, sessions, hash, strangers, fillRandom, hellosPerSecond: limits.hellosPerSecond })
  const quoter = new Quoter({ ...parts, wanted: new WantedAssets(parts.onWanted) })
  const sessionDoor = new SessionDoor({ ...parts, sessions, sip, quoter, strangers })
  const handler = new BatchHandler({ parts, sip, sessions, greeter, sessionDoor })
  return {
    memory: sip.memory,
    memoryStart: 0,
    handle: (batch) => handler.handle(batch),
    get sessions() {
      return { proven: sessions.provenSize, unproven: sessions.unprovenSize }
    },
    tableBytes: sessions.bytes + greeter.bytes + strangers.bytes,
    close: () => sessions.endAll(),
  }
}

interface BatchHandlerParts {
  readonly parts: UdpParts
  readonly sip: SipHash
  readonly sessions: SessionTable
  readonly greeter: Greeter
  readonly sessionDoor: SessionDoor
}

class BatchHandler {
  readonly #clock: UdpParts['clock']
  readonly #answerText: AnswerText | undefined
  readonly #sessions: SessionTable
  readonly #greeter: Greeter
  readonly #sessionDoor: SessionDoor
  readonly #counters: UdpParts['counters']
  readonly #datagram: Datagram

  constructor({ parts, sip, sessions, greeter, sessionDoor }: BatchHandlerParts) {
    this.#clock = parts.clock
    this.#answerText = parts.answerText
    this.#sessions = sessions
    this.#greeter = greeter
    this.#sessionDoor = sessionDoor
    this.#counters = parts.counters
    this.#datagram = new Datagram(sip.memory)
  }

  handle(batch: UdpBatch): void {
    const datagram = this.#datagram
    if (batch.first === 0) this.#readClock()
    this.#counters.add(receivedCell, batch.end - batch.first)
    for (let i = batch.first; i < batch.end; i++) {
      datagram.take(batch, i)
      // Counted one by one and before its answer can leave, for a thread may be ended at any moment.
      this.#counters.add(this.#answerSafely(datagram), 1)
      batch.txLength[i] = datagram.answerLength
    }
  }

  #readClock(): void {
    const datagram = this.#datagram
    datagram.nowMs = this.#clock.now()
    datagram.utcMs = this.#clock.utc()
    datagram.utcHigh = upperWord(datagram.utcMs)
    datagram.utcLow = lowerWord(datagram.utcMs)
    datagram.monotonicMs = this.#clock.monotonic()
    this.#sessions.sweep(datagram.monotonicMs)
  }

  /** Whatever a datagram does to the code, its neighbours get their answers. */
  #answerSafely(datagram: Datagram): Outcome {
    try {
      return this.#answer(datagram)
    } catch {
      datagram.answerLength = 0
      return outcome.internal
    }
  }

  #answer(datagram: Datagram): Outcome {
    const { memory, at, length } = datagram
    if (length > wireSize.datagramMost) return outcome.long
    const type = requestTypeOf(memory, at, length)
    if (type === messageType.hello) return this.#greeter.answer(datagram)
    if (type !== 0) return this.#sessionDoor.answer(datagram, type)
    return isText(datagram) ? answerInText(datagram, this.#answerText) : discardReason(memory, at, length)
  }
}
