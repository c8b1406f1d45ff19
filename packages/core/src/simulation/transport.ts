import type { Clock } from '../clock.ts'
import type { Connector, Frame, RestRequest } from '../connector.ts'
import { TrinityError } from '../errors.ts'
import type { RestResponse, Socket, SocketHandlers, Transport } from '../transport.ts'
import { MemoryLine } from './memory-line.ts'
import type { SimulatedVenue } from './venue.ts'

/** Bounds of {@link simulatedTransport}, as those of the real one. */
export interface SimulatedTransportOptions {
  /** One way, milliseconds; always the same, so that what left in order arrives in order. 20 unless named. */
  readonly latencyMs?: number
  readonly connectTimeoutMs?: number
  readonly requestTimeoutMs?: number
}

/** A transport to simulated venues without any socket: by the addresses of their connectors, for WebSocket and REST. */
export function simulatedTransport(venues: readonly SimulatedVenue[], clock: Clock, options: SimulatedTransportOptions = {}): Transport {
  const { latencyMs = 20, connectTimeoutMs = 10_000, requestTimeoutMs = 10_000 } = options
  const byUrl = new Map(venues.flatMap((venue) => venue.dialect.connector.urls.map((url) => [url, venue])))
  const byHost = new Map(venues.flatMap((venue) => restHosts(venue.dialect.connector, firstSymbol(venue)).map((host) => [host, venue])))
  return {
    connect: (url, handlers) => connectTo(byUrl.get(url), { clock, latencyMs, connectTimeoutMs, handlers }),
    async request(request: RestRequest): Promise<RestResponse> {
      await pause(clock, latencyMs)
      const { host, pathname, search } = new URL(request.url)
      const answer = byHost.get(host)?.answer(`${pathname}${search}`) ?? { kind: 'refused' }
      if (answer.kind === 'unanswered') {
        await pause(clock, requestTimeoutMs - latencyMs)
        throw new TrinityError('TRN_VENUE_UNAVAILABLE', `${host} did not answer in ${requestTimeoutMs} ms`)
      }
      await pause(clock, latencyMs)
      if (answer.kind === 'refused') throw new TrinityError('TRN_VENUE_UNAVAILABLE', `connect ECONNREFUSED ${host}`)
      const { status, body, retryAfterSeconds } = answer
      return { status, body, ...(retryAfterSeconds === undefined ? {} : { retryAfterMs: retryAfterSeconds * 1000 }) }
    },
  }
}

/** The hosts that a connector's REST requests go to; any symbol of the venue will do. */
export function restHosts({ rest }: Connector, symbol: string): readonly string[] {
  if (rest === undefined) return []
  const requests = [...rest.request([symbol], (name) => name), ...(rest.list === undefined ? [] : [rest.list.request()])]
  return [...new Set(requests.map(({ url }) => new URL(url).host))]
}

function firstSymbol({ market }: SimulatedVenue): string {
  return [...market.listed.keys()][0] ?? ''
}

interface Dial {
  readonly clock: Clock
  readonly latencyMs: number
  readonly connectTimeoutMs: number
  readonly handlers: SocketHandlers
}

function connectTo(venue: SimulatedVenue | undefined, { clock, latencyMs, connectTimeoutMs, handlers }: Dial): Socket {
  const line = new MemoryLine(clock, latencyMs, handlers)
  clock.after(latencyMs, () => {
    if (line.given) return
    const admission = venue?.admit() ?? { kind: 'refused' as const, reason: 'getaddrinfo ENOTFOUND' }
    if (admission.kind === 'open') line.open(venue)
    else if (admission.kind === 'refused') line.fail(latencyMs, { code: 1006, reason: admission.reason })
    else if (admission.kind === 'unanswered') line.fail(connectTimeoutMs - latencyMs, { code: 1006, reason: 'Opening handshake has timed out' })
    else {
      const { status, retryAfterSeconds } = admission
      const told = retryAfterSeconds === undefined ? {} : { retryAfterMs: retryAfterSeconds * 1000 }
      line.fail(latencyMs, { code: 1006, reason: '', status, ...told })
    }
  })
  return {
    send: (frame: Frame) => line.toVenue(frame),
    close: () => line.giveUp(1000),
    terminate: () => line.giveUp(1006),
  }
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve))
}
