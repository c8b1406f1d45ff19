import { Agent as HttpAgent, type IncomingMessage, get as getPlain } from 'node:http'
import { Agent as HttpsAgent, get as getSecure } from 'node:https'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import type { RestRequest } from './connector.ts'
import { TrinityError } from './errors.ts'
import { type RestResponse, maxRetryAfterMs } from './transport.ts'

/** Bounds of a {@link RestClient}. */
export interface RestLimits {
  /** For the whole answer. */
  readonly requestTimeoutMs: number
  /** Longest body, unpacked. */
  readonly maxBodyBytes: number
}

/** Venues close connections that nobody uses, most of them later than this. */
const idleMs = 4000

const redirects = [301, 302, 303, 307, 308]

/** GET requests by `node:http`: `fetch` would compile a parser of its own and take some 16 MB for as long as the process lives. */
export class RestClient {
  readonly #limits: RestLimits
  readonly #plain = new HttpAgent({ keepAlive: true, timeout: idleMs })
  // Without sessions to resume, each new connection has to show its certificate.
  readonly #secure = new HttpsAgent({ keepAlive: true, timeout: idleMs, maxCachedSessions: 0 })

  constructor(limits: RestLimits) {
    this.#limits = limits
  }

  /** @throws Error when no whole answer came in time */
  async request(request: RestRequest): Promise<RestResponse> {
    const { requestTimeoutMs, maxBodyBytes } = this.#limits
    const signal = AbortSignal.timeout(requestTimeoutMs)
    try {
      const response = await this.#get(request, signal)
      const { statusCode: status = 0, headers } = response
      if (redirects.includes(status)) {
        response.destroy()
        throw new TrinityError('TRN_VENUE_UNAVAILABLE', `${request.url} leads elsewhere (HTTP ${status})`)
      }
      const retryAfterMs = readRetryAfter(headers['retry-after'], headers.date)
      const ageMs = readAge(headers.age)
      // A refusal is told by its status; what it says beside that may be anything.
      const body = await readBody(response, request.url, maxBodyBytes).catch((error: unknown) => {
        if (status === 200 || signal.aborted) throw error
        return ''
      })
      return { status, body, ...(retryAfterMs === undefined ? {} : { retryAfterMs }), ...(ageMs === undefined ? {} : { ageMs }) }
    } catch (error) {
      if (!signal.aborted) throw error
      throw new TrinityError('TRN_VENUE_UNAVAILABLE', `${request.url} did not answer in ${requestTimeoutMs} ms`, { cause: error })
    }
  }

  #get({ url, headers }: RestRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const sent = { accept: 'application/json', 'accept-encoding': 'gzip', 'user-agent': 'trinity', ...headers }
    return new Promise((resolve, reject) => {
      const asked = url.startsWith('https:')
        ? getSecure(url, { agent: this.#secure, headers: sent, signal }, resolve)
        : getPlain(url, { agent: this.#plain, headers: sent, signal }, resolve)
      asked.on('error', reject)
    })
  }
}

/**
 * Milliseconds that a Retry-After header asks for: seconds, or an HTTP date, which is read against the response's own, since our clock may be
 * wrong. {@link maxRetryAfterMs} at most.
 */
export function readRetryAfter(value: string | undefined, date: string | undefined): number | undefined {
  if (value === undefined || value === '') return undefined
  if (/^\d{1,9}$/.test(value)) return Math.min(Number(value) * 1000, maxRetryAfterMs)
  const until = Date.parse(value)
  const sentAt = Date.parse(date ?? '')
  if (Number.isNaN(until)) return undefined
  return Math.min(Math.max(0, until - (Number.isNaN(sentAt) ? Date.now() : sentAt)), maxRetryAfterMs)
}

/** Older than a day is no body of prices but a header that is wrong. */
const maxAgeSeconds = 86_400

/** Milliseconds that a response has spent in caches by its Age header, whole seconds. */
export function readAge(value: string | undefined): number | undefined {
  if (value === undefined || !/^\d{1,9}$/.test(value)) return undefined
  const seconds = Number(value)
  return seconds <= maxAgeSeconds ? seconds * 1000 : undefined
}

async function readBody(response: IncomingMessage, url: string, maxBytes: number): Promise<string> {
  const collect = async (parts: AsyncIterable<Uint8Array>): Promise<string> => {
    const decoder = new TextDecoder()
    let bytes = 0
    let text = ''
    for await (const part of parts) {
      bytes += part.byteLength
      if (bytes > maxBytes) throw new TrinityError('TRN_VENUE_UNAVAILABLE', `${url} sent more than ${maxBytes} bytes`)
      text += decoder.decode(part, { stream: true })
    }
    return text + decoder.decode()
  }
  const isPacked = /^(x-)?gzip$/i.test(response.headers['content-encoding'] ?? '')
  return isPacked ? pipeline(response, createGunzip(), collect) : pipeline(response, collect)
}
