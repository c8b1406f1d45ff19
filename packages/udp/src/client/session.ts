import { firstRequestIdBelow } from '../protocol.ts'
import type { Welcome } from '../wire/welcome.ts'
import { writePing } from '../wire/ping.ts'
import { writeQuery } from '../wire/query.ts'
import { Seal } from './seal.ts'

/** A session as its client sees it: its key, its request ids, and how long it lives. */
export class Session {
  readonly maxAssets: number
  readonly #welcome: Welcome
  readonly #seal: Seal
  readonly #lastId: number
  #nextId: number
  #heardAt: number

  /** `start` is 32 random bits, `openedAt` the elapsed time at the WELCOME. */
  constructor(welcome: Welcome, sessionKey: Uint8Array, { start, requests, openedAt }: SessionStart) {
    this.maxAssets = welcome.maxAssets
    this.#welcome = welcome
    this.#seal = new Seal(sessionKey)
    this.#nextId = start % firstRequestIdBelow
    this.#lastId = this.#nextId + requests - 1
    this.#heardAt = openedAt
  }

  /** Whether it may still send a request: ids are left, and the server will not have forgotten it. */
  isUsable(elapsedMs: number): boolean {
    return this.#nextId <= this.#lastId && elapsedMs - this.#heardAt < this.#welcome.lifetimeSeconds * 1000
  }

  /** The server has answered, so it counts its lifetime anew. */
  heard(elapsedMs: number): void {
    this.#heardAt = elapsedMs
  }

  /** Whether the server has answered after that moment. */
  heardSince(elapsedMs: number): boolean {
    return this.#heardAt > elapsedMs
  }

  query(assets: readonly string[]): SentRequest {
    return this.#send((requestId, bytes, offset) => writeQuery(bytes, offset, { ...this.#ids(requestId), assets }))
  }

  ping(): SentRequest {
    const { sessionHigh, sessionLow } = this.#welcome
    return this.#send((requestId, bytes, offset) => writePing(bytes, offset, requestId, sessionHigh, sessionLow))
  }

  isTagged(datagram: Uint8Array): boolean {
    return this.#seal.isRight(datagram)
  }

  #ids(requestId: number): { requestId: number; sessionHigh: number; sessionLow: number } {
    return { requestId, sessionHigh: this.#welcome.sessionHigh, sessionLow: this.#welcome.sessionLow }
  }

  #send(write: (requestId: number, bytes: Uint8Array, offset: number) => number): SentRequest {
    const requestId = this.#nextId++
    return { requestId, datagram: this.#seal.seal((bytes, offset) => write(requestId, bytes, offset)) }
  }
}

/** Where a session begins. */
export interface SessionStart {
  readonly start: number
  readonly requests: number
  readonly openedAt: number
}

/** A tagged request that is ready to go. */
export interface SentRequest {
  readonly requestId: number
  readonly datagram: Uint8Array
}
