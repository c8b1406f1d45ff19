import { defaultPort, firstRequestIdBelow, requestIdEnd } from '../protocol.ts'
import { type ClientEnvironment, systemEnvironment } from './environment.ts'
import { checkedCount } from './request-check.ts'

/** Where a {@link PriceClient} asks, and how patiently. */
export interface PriceClientOptions {
  readonly apiKey: string
  /** Default 127.0.0.1. A name is resolved once, to an IPv4 address where it has one. */
  readonly host?: string
  /** Default 2679. */
  readonly port?: number
  /** How long an attempt waits for its answer; default 500. */
  readonly timeoutMs?: number
  /** How often a query is sent, and a HELLO, before it fails; default 3. */
  readonly attempts?: number
  /** Requests after which the next session is opened; default and most 2³⁰. */
  readonly requestsPerSession?: number
  /** Gives up connecting. */
  readonly signal?: AbortSignal
  readonly environment?: ClientEnvironment
}

/** For one query, in place of the options of the client. */
export interface QueryOptions {
  readonly timeoutMs?: number
  readonly attempts?: number
  readonly signal?: AbortSignal
}

/** @throws {@link UdpError} `BAD_REQUEST` for a number that makes no sense. */
export function withDefaults(options: PriceClientOptions): Required<Omit<PriceClientOptions, 'signal'>> {
  const { apiKey, host = '127.0.0.1', port = defaultPort.prices, environment = systemEnvironment } = options
  return {
    apiKey,
    host,
    port: checkedCount('port', port, 65_535),
    ...patienceOf(options, { timeoutMs: 500, attempts: 3 }),
    requestsPerSession: checkedCount('requestsPerSession', options.requestsPerSession ?? mostRequests, mostRequests),
    environment,
  }
}

/** How patiently one query asks. */
export function patienceOf(
  { timeoutMs, attempts }: QueryOptions,
  defaults: Required<Omit<QueryOptions, 'signal'>>,
): Required<Omit<QueryOptions, 'signal'>> {
  return {
    timeoutMs: checkedCount('timeoutMs', timeoutMs ?? defaults.timeoutMs, 60_000),
    attempts: checkedCount('attempts', attempts ?? defaults.attempts, 100),
  }
}

/** Whatever id a session starts with, none reaches the end. */
const mostRequests = requestIdEnd - firstRequestIdBelow
