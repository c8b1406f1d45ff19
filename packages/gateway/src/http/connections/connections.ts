import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Clock, TrinityError, every } from '@trinity/core'
import type { Log } from '../../log.ts'
import type { CountHttpRefusal } from '../../metrics/http-refusals.ts'
import { endWithError, respondWithError } from '../error-response.ts'
import { headerOf } from '../header.ts'
import { unansweredOf, unreadBytesOf } from '../pipeline.ts'
import { addressRanges, bareAddress, clientOf, forwardedClient, isPrivate } from './client-address.ts'
import { ConnectionShare, type CountedConnection } from './connection-share.ts'
import { SharedAddresses } from './shared-addresses.ts'
import { WrongKeys } from './wrong-keys.ts'

/** What the bounds on connections work with. */
export interface ConnectionsParts {
  /** Connections of this thread. */
  readonly max: number
  /** Proxies whose X-Forwarded-For is believed: addresses and CIDR ranges. */
  readonly trustProxy: readonly string[]
  readonly clock: Clock
  readonly log: Log
  readonly count: CountHttpRefusal
}

/** How often connections are looked through for old keys and unread responses. */
const sweepMs = 1000

/** Bytes of responses that clients of one thread may leave unread; beyond, those who leave most of them lose their connections. */
export const maxUnreadBytesInAll = 67_108_864

/** Of a key so much is looked at where wrong keys are told apart by how they begin. */
const prefixLength = 'Bearer trn_'.length + 6

const noConnection = new TrinityError('TRN_OVERLOADED', 'The server has all the connections it can hold; try again in a second.')
const noKey = new TrinityError('TRN_OVERLOADED', 'The server has few connections left, which are for holders of a key; try again in a second.')

interface Connection extends CountedConnection {
  /** Address of the peer. */
  readonly peer: string
  readonly isTrustedProxy: boolean
  hasAsked: boolean
  isUpgraded: boolean
}

/** Bounds what strangers can hold of a server's connections, and how fast they can try keys; the same for requests and streams. */
export class Connections {
  readonly #share: ConnectionShare
  readonly #isTrusted: (address: string) => boolean
  readonly #clock: Clock
  readonly #count: CountHttpRefusal
  readonly #shared: SharedAddresses
  readonly #wrongKeys = new WrongKeys()
  readonly #of = new WeakMap<Duplex, Connection>()
  readonly #sockets = new Set<Socket>()

  constructor({ max, trustProxy, clock, log, count }: ConnectionsParts) {
    this.#share = new ConnectionShare(max)
    this.#isTrusted = addressRanges(trustProxy)
    this.#clock = clock
    this.#count = count
    let hasWarned = false
    this.#shared = new SharedAddresses((address, sign) => {
      if (hasWarned) return
      hasWarned = true
      log.warn({ address, sign }, `many callers come through ${address}; with TRUST_PROXY=${address} limits see each of them`)
    })
  }

  get count(): number {
    return this.#share.count
  }

  /** Counts the connections of a server from now on. */
  watch(server: Server): void {
    server.on('connection', (socket) => this.#add(socket))
    server.prependListener('upgrade', (_request, socket) => {
      const connection = this.#of.get(socket)
      if (connection !== undefined) connection.isUpgraded = true
    })
    const stopSweeping = every(this.#clock, sweepMs, () => {
      this.#share.forgetOldKeys(this.#clock.now())
      this.#cutUnread()
    })
    server.once('close', stopSweeping)
  }

  /**
   * Refuses a request whose connection is one more than strangers may have, and that shows no good key; true where it did.
   * @param identify the row of its key; throws where there is none or it is not good
   */
  refuse(request: IncomingMessage, response: ServerResponse, identify: (authorization: string | undefined) => number): boolean {
    const connection = this.#of.get(request.socket)
    if (connection === undefined) return false
    if (!connection.hasAsked) this.#noteFirst(connection, request, identify)
    if (connection.kind === 'keyed' || connection.kind === 'keyless') return false
    // It has had its response, or is gone.
    if (connection.kind === 'ended') return true
    if (this.#share.readmit(connection) || this.#showsKey(request, identify)) return false
    this.#count('connections_full')
    respondWithError(request, response, noKey)
    return true
  }

  /** The key that the connection of a request has shown of late, by its row; undefined where it has not. */
  customerOf({ socket }: IncomingMessage): number | undefined {
    const connection = this.#of.get(socket)
    return connection?.kind === 'keyed' ? connection.keyRow : undefined
  }

  /** Notes that a request showed a good key; its row stands for it. */
  noteKey({ socket }: IncomingMessage, keyRow: number): void {
    const connection = this.#of.get(socket)
    if (connection === undefined) return
    const nowMs = this.#clock.now()
    if (connection.keyRow !== keyRow && !connection.isTrustedProxy) this.#shared.noteKey(connection.peer, keyRow, nowMs)
    this.#share.noteKey(connection, keyRow, nowMs)
  }

  /** The error for a request whose key was refused with `error`: another one where its sender tries too many. */
  slowDown(request: IncomingMessage, error: unknown): unknown {
    if (!(error instanceof TrinityError) || (error.code !== 'TRN_KEY_INVALID' && error.code !== 'TRN_KEY_REVOKED')) return error
    const waitMs = this.#wrongKeys.note(this.#sourceOf(request), this.#clock.now())
    if (waitMs === 0) return error
    this.#count('wrong_keys_slowed')
    return new TrinityError('TRN_RATE_LIMITED', 'Too many wrong API keys come from there; wait as long as Retry-After says.', {
      retryAfterMs: waitMs,
    })
  }

  #add(socket: Socket): void {
    const peer = bareAddress(socket.remoteAddress ?? '')
    const isTrustedProxy = this.#isTrusted(peer)
    const isClient = !isTrustedProxy && !isPrivate(peer) && !this.#shared.has(peer)
    const connection: Connection = {
      peer,
      isTrustedProxy,
      client: isClient ? clientOf(peer) : undefined,
      kind: 'keyless',
      keyedAt: -Infinity,
      keyRow: -1,
      hasAsked: false,
      isUpgraded: false,
      // An upgraded connection is a stream once it has shown a key.
      isBusy: () => (connection.isUpgraded ? connection.keyRow >= 0 : unansweredOf(socket) > 0),
      evict: () => void socket.destroy(),
    }
    this.#of.set(socket, connection)
    if (this.#share.add(connection)) {
      this.#sockets.add(socket)
      socket.once('close', () => {
        this.#share.remove(connection)
        this.#sockets.delete(socket)
      })
      return
    }
    connection.kind = 'ended'
    this.#count('connections_full')
    endWithError(socket, noConnection)
    // Not a moment longer than it takes: its descriptor is needed.
    socket.once('finish', () => socket.destroy())
  }

  #cutUnread(): void {
    let total = 0
    const unread: { readonly socket: Socket; readonly bytes: number }[] = []
    for (const socket of this.#sockets) {
      const bytes = unreadBytesOf(socket)
      total += bytes
      if (bytes > 0) unread.push({ socket, bytes })
    }
    if (total <= maxUnreadBytesInAll) return
    for (const { socket, bytes } of unread.toSorted((a, b) => b.bytes - a.bytes)) {
      socket.destroy()
      total -= bytes
      if (total <= maxUnreadBytesInAll) return
    }
  }

  #showsKey(request: IncomingMessage, identify: (authorization: string | undefined) => number): boolean {
    try {
      this.noteKey(request, identify(headerOf(request, 'authorization')))
      return true
    } catch {
      return false
    }
  }

  /** A customer is known from the first request on, also where many strangers wait. */
  #noteFirst(connection: Connection, request: IncomingMessage, identify: (authorization: string | undefined) => number): void {
    connection.hasAsked = true
    if (headerOf(request, 'authorization') !== undefined) this.#showsKey(request, identify)
    if (!connection.isTrustedProxy && headerOf(request, 'x-forwarded-for') !== undefined) this.#shared.noteForwarded(connection.peer)
  }

  /** Who tries keys: the client's address, or, where many share one, how the key begins. */
  #sourceOf(request: IncomingMessage): string {
    const connection = this.#of.get(request.socket)
    if (connection?.isTrustedProxy === true) {
      const client = forwardedClient(String(request.headers['x-forwarded-for'] ?? ''), this.#isTrusted)
      if (client !== undefined) return clientOf(client)
    } else if (connection?.client !== undefined && !this.#shared.has(connection.peer)) return connection.client
    return (headerOf(request, 'authorization') ?? '').slice(0, prefixLength).toLowerCase()
  }
}
