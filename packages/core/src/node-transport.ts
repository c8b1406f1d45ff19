import WebSocket, { type RawData } from 'ws'
import type { Frame } from './connector.ts'
import { RestClient, readRetryAfter } from './node-rest.ts'
import type { Socket, SocketClose, SocketHandlers, Transport } from './transport.ts'

/** Bounds of {@link nodeTransport}. */
export interface NodeTransportOptions {
  /** Longest incoming frame, bytes; a longer one ends the connection. */
  readonly maxFrameBytes?: number
  readonly connectTimeoutMs?: number
  readonly requestTimeoutMs?: number
  /** Longest REST body, unpacked, bytes. */
  readonly maxBodyBytes?: number
}

/** The bounds in force where nothing else is said. */
export const defaultTransportLimits = { maxFrameBytes: 1 << 20, connectTimeoutMs: 10_000, requestTimeoutMs: 10_000, maxBodyBytes: 16 << 20 }

/** Real sockets by ws, without compression, and REST over kept connections. */
export function nodeTransport(options: NodeTransportOptions = {}): Transport {
  const {
    maxFrameBytes = defaultTransportLimits.maxFrameBytes,
    connectTimeoutMs = defaultTransportLimits.connectTimeoutMs,
    requestTimeoutMs = defaultTransportLimits.requestTimeoutMs,
    maxBodyBytes = defaultTransportLimits.maxBodyBytes,
  } = options
  const rest = new RestClient({ requestTimeoutMs, maxBodyBytes })
  return {
    connect(url, handlers) {
      const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: maxFrameBytes, handshakeTimeout: connectTimeoutMs })
      return wrapSocket(socket, handlers)
    },
    request: (request) => rest.request(request),
  }
}

const closeTimeoutMs = 1000

function wrapSocket(socket: WebSocket, handlers: SocketHandlers): Socket {
  let failure: Partial<SocketClose> & { reason?: string } = {}
  let closed = false
  const finish = (code: number, reason: string): void => {
    if (closed) return
    closed = true
    handlers.onClose({ code, reason, ...failure })
  }
  socket.on('open', () => handlers.onOpen())
  socket.on('message', (data, isBinary) => handlers.onFrame(toFrame(data, isBinary)))
  socket.on('unexpected-response', (request, response) => {
    const retryAfterMs = readRetryAfter(response.headers['retry-after'], response.headers.date)
    failure = { status: response.statusCode ?? 0, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
    response.resume()
    request.destroy()
    finish(1006, response.statusMessage ?? '')
  })
  socket.on('error', (error) => {
    failure = { reason: error.message, ...failure }
  })
  socket.on('close', (code, reason) => finish(code, reason.toString()))
  return {
    send(frame) {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame)
    },
    close() {
      socket.close()
      // A peer that does not answer the closing handshake must not keep the process alive.
      setTimeout(() => socket.terminate(), closeTimeoutMs).unref()
    },
    terminate: () => socket.terminate(),
  }
}

function toFrame(data: RawData, isBinary: boolean): Frame {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? Buffer.from(data) : data
  return isBinary ? bytes : bytes.toString('utf8')
}
