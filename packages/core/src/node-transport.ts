import WebSocket, { type RawData } from 'ws'
import type { Frame, RestRequest } from './connector.ts'
import { TrinityError } from './errors.ts'
import type { RestResponse, Socket, SocketClose, SocketHandlers, Transport } from './transport.ts'

/** Bounds of {@link nodeTransport}. */
export interface NodeTransportOptions {
  /** Longest incoming frame, bytes; a longer one ends the connection. */
  readonly maxFrameBytes?: number
  readonly connectTimeoutMs?: number
  readonly requestTimeoutMs?: number
  /** Longest REST body, bytes. */
  readonly maxBodyBytes?: number
}

/** Real sockets by ws, without compression, and REST by fetch. */
export function nodeTransport(options: NodeTransportOptions = {}): Transport {
  const { maxFrameBytes = 1 << 20, connectTimeoutMs = 10_000, requestTimeoutMs = 10_000, maxBodyBytes = 16 << 20 } = options
  return {
    connect(url, handlers) {
      const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: maxFrameBytes, handshakeTimeout: connectTimeoutMs })
      return wrapSocket(socket, handlers)
    },
    async request(request: RestRequest): Promise<RestResponse> {
      const response = await fetch(request.url, {
        headers: { accept: 'application/json', 'user-agent': 'trinity', ...request.headers },
        signal: AbortSignal.timeout(requestTimeoutMs),
        redirect: 'error',
      })
      const retryAfterMs = readRetryAfter(response.headers.get('retry-after'))
      const body = await readBody(response, maxBodyBytes)
      return { status: response.status, body, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
    },
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
    const retryAfterMs = readRetryAfter(response.headers['retry-after'] ?? null)
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

/** Milliseconds that a Retry-After header asks for: seconds or an HTTP date. */
function readRetryAfter(value: string | null): number | undefined {
  if (value === null || value === '') return undefined
  if (/^\d{1,6}$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}

async function readBody(response: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder()
  let bytes = 0
  let text = ''
  const parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array> = response.body ?? []
  for await (const part of parts) {
    bytes += part.byteLength
    if (bytes > maxBytes) throw new TrinityError('TRN_VENUE_UNAVAILABLE', `${response.url} sent more than ${maxBytes} bytes`)
    text += decoder.decode(part, { stream: true })
  }
  return text + decoder.decode()
}
