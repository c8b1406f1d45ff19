import { helloRepeatMs, sessionLifetimeSeconds, type SipHash, wireSize } from '@trinity/udp'
import { sourceWords } from '../transport/transport.ts'
import { HelloIndex } from './hello-index.ts'
import { Queues } from './queues.ts'
import { ReplayWindows } from './replay-window.ts'

/** How many sessions there may be at one port of one serving thread. */
export interface SessionLimits {
  /** In all; at most 131,071. */
  readonly sessions: number
  /** Of those, without a valid tag so far: they only ever push out each other. */
  readonly unproven: number
  readonly perKey: number
  readonly unprovenPerKey: number
}

export const defaultSessionLimits: SessionLimits = { sessions: 65_536, unproven: 4096, perKey: 1024, unprovenPerKey: 128 }

/** Bytes of session keys that a table needs in the memory where tags are made. */
export const sessionKeyBytes = ({ sessions }: SessionLimits): number => (sessions + 1) * wireSize.sessionKey

/** What a table works with. */
export interface SessionParts {
  readonly limits: SessionLimits
  /** Rows of the key table. */
  readonly keyRows: number
  readonly sip: SipHash
  /** Where {@link sessionKeyBytes} of its memory begin. */
  readonly keysAt: number
}

/** Who opens a session, from where and with what. */
export interface Opening {
  readonly keyRow: number
  readonly keyEpoch: number
  readonly source: Int32Array
  /** Where the sender's words begin in `source`. */
  readonly sourceAt: number
  readonly clientNonce: Int32Array
  /** Keyed hash of nonce and sender. */
  readonly helloHash: number
}

const lifetimeMs = sessionLifetimeSeconds * 1000

/** A session that was used within this time keeps its place in the order of use; so most datagrams change no list. */
const orderStepMs = 1000

/** The low half of a session id holds the place in the table, all the rest of it is random. */
const placeMask = 0x1ffff

/** Words of a session. */
const wordsEach = 16
const word = { high: 0, low: 1, source: 2, keyRow: 7, keyEpoch: 8, state: 9, helloHash: 10, clientNonce: 11 } as const
const nonceWords = 4

const timesEach = 4
const time = { lastSeen: 0, ordered: 1, opened: 2, serverTime: 3 } as const

const state = { free: 0, unproven: 1, proven: 2 } as const

/** The sessions of one port on one thread. A session is a number from 1; all times but the server's are on the monotonic clock. */
export class SessionTable {
  readonly windows: ReplayWindows
  readonly #limits: SessionLimits
  readonly #keysAt: number
  readonly #keys: Uint8Array
  readonly #words: Int32Array
  readonly #times: Float64Array
  readonly #serverNonces: Uint8Array
  readonly #hellos: HelloIndex
  readonly #byState: Queues
  readonly #byKey: Queues
  #used = 0

  constructor({ limits, keyRows, sip, keysAt }: SessionParts) {
    const { sessions } = limits
    this.#limits = limits
    this.#keysAt = keysAt
    this.#keys = sip.memory
    this.#words = new Int32Array((sessions + 1) * wordsEach)
    this.#times = new Float64Array((sessions + 1) * timesEach)
    this.#serverNonces = new Uint8Array((sessions + 1) * wireSize.nonce)
    this.windows = new ReplayWindows(sessions)
    this.#hellos = new HelloIndex(sessions)
    this.#byState = new Queues(sessions, 3)
    this.#byKey = new Queues(sessions, keyRows * 2)
  }

  /** Sessions that are open, those included that ran out since the last {@link sweep}. */
  get size(): number {
    return this.provenSize + this.unprovenSize
  }

  get provenSize(): number {
    return this.#byState.length(state.proven)
  }

  get unprovenSize(): number {
    return this.#byState.length(state.unproven)
  }

  /** Address space taken; the system gives memory for what has been used only. */
  get bytes(): number {
    const own = this.#words.byteLength + this.#times.byteLength + this.#serverNonces.byteLength + sessionKeyBytes(this.#limits)
    return own + this.windows.bytes + this.#hellos.bytes + this.#byState.bytes + this.#byKey.bytes
  }

  /** The session of an id, or 0: unknown, ended, or silent for longer than it lives. */
  find(high: number, low: number, now: number): number {
    const session = low & placeMask
    const at = session * wordsEach
    const words = this.#words
    if (words[at + word.high] !== high || words[at + word.low] !== low || words[at + word.state] === state.free) return 0
    if (!this.#hasEnded(session, now)) return session
    this.end(session)
    return 0
  }

  /** Whether a datagram comes from where the session was opened. */
  isFrom(session: number, source: Int32Array, sourceAt: number): boolean {
    const at = session * wordsEach + word.source
    for (let i = 0; i < sourceWords; i++) if (this.#words[at + i] !== source[sourceAt + i]) return false
    return true
  }

  /** Where the session's key stands in the memory. */
  keyAt(session: number): number {
    return this.#keysAt + session * wireSize.sessionKey
  }

  keyRow(session: number): number {
    return this.#words[session * wordsEach + word.keyRow] ?? 0
  }

  keyEpoch(session: number): number {
    return this.#words[session * wordsEach + word.keyEpoch] ?? 0
  }

  idHigh(session: number): number {
    return this.#words[session * wordsEach + word.high] ?? 0
  }

  idLow(session: number): number {
    return this.#words[session * wordsEach + word.low] ?? 0
  }

  /** The server's time in the session's WELCOME, epoch milliseconds. */
  serverTime(session: number): number {
    return this.#times[session * timesEach + time.serverTime] ?? 0
  }

  /** The server's nonce in place; good until the session ends. */
  serverNonce(session: number): Uint8Array {
    return this.#serverNonces.subarray(session * wireSize.nonce, (session + 1) * wireSize.nonce)
  }

  /** The session that the same HELLO opened a short while ago; 0 = none. */
  findHello(opening: Opening, now: number): number {
    let session = this.#hellos.first(opening.helloHash)
    while (session !== 0 && !this.#isOpenedBy(session, opening)) session = this.#hellos.following(session)
    if (session === 0 || this.#hasEnded(session, now)) return 0
    return now - (this.#times[session * timesEach + time.opened] ?? 0) <= helloRepeatMs ? session : 0
  }

  /**
   * Opens a session, unproven; the caller writes its key ({@link keyAt}). Where there are too many, an unproven one makes room.
   * @param random 24 bytes, for the id and the server's nonce
   * @param serverTimeMs epoch milliseconds
   */
  open(opening: Opening, random: Uint8Array, now: number, serverTimeMs: number): number {
    this.sweep(now)
    this.#makeRoom(opening)
    const session = this.#takePlace()
    const at = session * wordsEach
    const ids = new DataView(random.buffer, random.byteOffset, 8)
    this.#words[at + word.high] = ids.getInt32(0)
    this.#words[at + word.low] = (ids.getInt32(4) & ~placeMask) | session
    for (let i = 0; i < sourceWords; i++) this.#words[at + word.source + i] = opening.source[opening.sourceAt + i] ?? 0
    this.#words[at + word.keyRow] = opening.keyRow
    this.#words[at + word.keyEpoch] = opening.keyEpoch
    this.#words[at + word.state] = state.unproven
    this.#words[at + word.helloHash] = opening.helloHash
    for (let i = 0; i < nonceWords; i++) this.#words[at + word.clientNonce + i] = opening.clientNonce[i] ?? 0
    this.#times.set([now, now, now, serverTimeMs], session * timesEach)
    this.#serverNonces.set(random.subarray(8, 8 + wireSize.nonce), session * wireSize.nonce)
    this.windows.reset(session)
    this.#hellos.add(opening.helloHash, session)
    this.#byState.add(state.unproven, session)
    this.#byKey.add(unprovenOf(opening.keyRow), session)
    return session
  }

  /** Prolongs the life of a session. */
  keepAlive(session: number, now: number): void {
    const at = session * timesEach
    this.#times[at + time.lastSeen] = now
    if (now - (this.#times[at + time.ordered] ?? 0) < orderStepMs) return
    this.#times[at + time.ordered] = now
    const queue = this.#words[session * wordsEach + word.state] ?? 0
    this.#byState.renew(queue, session)
    this.#byKey.renew(queue === state.proven ? provenOf(this.keyRow(session)) : unprovenOf(this.keyRow(session)), session)
  }

  /** Prolongs the life of a session that has shown a valid tag. With the first one it counts among the proven, whose least recently used goes. */
  prove(session: number, now: number): void {
    this.keepAlive(session, now)
    const at = session * wordsEach + word.state
    if (this.#words[at] === state.proven) return
    const row = this.keyRow(session)
    this.#leave(session)
    this.#words[at] = state.proven
    this.#byState.add(state.proven, session)
    this.#byKey.add(provenOf(row), session)
    if (this.#byKey.length(provenOf(row)) > this.#limits.perKey) this.end(this.#byKey.oldest(provenOf(row)))
    if (this.provenSize > this.#limits.sessions - this.#limits.unproven) this.end(this.#byState.oldest(state.proven))
  }

  /** Ends a session and forgets its key. */
  end(session: number): void {
    const at = session * wordsEach
    this.#leave(session)
    this.#hellos.remove(this.#words[at + word.helloHash] ?? 0, session)
    this.#words[at + word.state] = state.free
    this.#keys.fill(0, this.keyAt(session), this.keyAt(session) + wireSize.sessionKey)
    this.#byState.add(state.free, session)
  }

  endAll(): void {
    for (const queue of [state.unproven, state.proven]) {
      for (let oldest = this.#byState.oldest(queue); oldest !== 0; oldest = this.#byState.oldest(queue)) this.end(oldest)
    }
  }

  /** Ends all that have been silent for longer than they live; costs nothing where there are none. */
  sweep(now: number): void {
    this.#sweepQueue(state.unproven, now)
    this.#sweepQueue(state.proven, now)
  }

  #sweepQueue(queue: number, now: number): void {
    let oldest = this.#byState.oldest(queue)
    while (oldest !== 0 && this.#hasEnded(oldest, now)) {
      this.end(oldest)
      oldest = this.#byState.oldest(queue)
    }
  }

  #hasEnded(session: number, now: number): boolean {
    return now - (this.#times[session * timesEach + time.lastSeen] ?? 0) > lifetimeMs
  }

  #isOpenedBy(session: number, { keyRow, keyEpoch, source, sourceAt, clientNonce }: Opening): boolean {
    if (this.keyRow(session) !== keyRow || this.keyEpoch(session) !== keyEpoch || !this.isFrom(session, source, sourceAt)) return false
    const at = session * wordsEach + word.clientNonce
    for (let i = 0; i < nonceWords; i++) if (this.#words[at + i] !== clientNonce[i]) return false
    return true
  }

  /** Ends what an earlier holder of the key's row left, and what is one too many. */
  #makeRoom({ keyRow, keyEpoch }: Opening): void {
    this.#endOtherEpochs(unprovenOf(keyRow), keyEpoch)
    this.#endOtherEpochs(provenOf(keyRow), keyEpoch)
    if (this.#byKey.length(unprovenOf(keyRow)) >= this.#limits.unprovenPerKey) this.end(this.#byKey.oldest(unprovenOf(keyRow)))
    if (this.unprovenSize >= this.#limits.unproven) this.end(this.#byState.oldest(state.unproven))
  }

  /** Sessions of another epoch are never used again, so they are the oldest of their queue. */
  #endOtherEpochs(queue: number, keyEpoch: number): void {
    let oldest = this.#byKey.oldest(queue)
    while (oldest !== 0 && this.keyEpoch(oldest) !== keyEpoch) {
      this.end(oldest)
      oldest = this.#byKey.oldest(queue)
    }
  }

  #takePlace(): number {
    const free = this.#byState.oldest(state.free)
    if (free === 0) return ++this.#used
    this.#byState.remove(state.free, free)
    return free
  }

  /** Takes a session out of the queues of its state. */
  #leave(session: number): void {
    const queue = this.#words[session * wordsEach + word.state] ?? 0
    this.#byState.remove(queue, session)
    this.#byKey.remove(queue === state.proven ? provenOf(this.keyRow(session)) : unprovenOf(this.keyRow(session)), session)
  }
}

const unprovenOf = (keyRow: number): number => keyRow * 2
const provenOf = (keyRow: number): number => keyRow * 2 + 1
