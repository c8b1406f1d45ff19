import type { Frame, RestRequest } from './connector.ts'

/** Longest pause that a server is granted, milliseconds: whoever asks for more is asked again after this. */
export const maxRetryAfterMs = 3_600_000

/** Why a socket ended. `status` and `retryAfterMs` are set when the server refused the upgrade. */
export interface SocketClose {
  readonly code: number
  readonly reason: string
  readonly status?: number
  readonly retryAfterMs?: number
}

/** What a socket tells its owner. `onClose` comes exactly once, also when the socket never opened. */
export interface SocketHandlers {
  onOpen(): void
  onFrame(frame: Frame): void
  onClose(close: SocketClose): void
}

/** A client WebSocket. */
export interface Socket {
  send(frame: Frame): void
  /** Closes with a handshake, or without one when the peer does not answer it in time. */
  close(): void
  /** Ends the connection at once; `onClose` follows. */
  terminate(): void
}

/** An answer of a venue's REST interface, of any status. */
export interface RestResponse {
  readonly status: number
  readonly body: string
  readonly retryAfterMs?: number
  /** How long caches have held the body, by its Age header; absent counts as 0. */
  readonly ageMs?: number
}

/** The only way out of the process for feeds. */
export interface Transport {
  connect(url: string, handlers: SocketHandlers): Socket
  /** Rejects when there was no answer: no connection, a time-out, or a body past the limit. */
  request(request: RestRequest): Promise<RestResponse>
}
