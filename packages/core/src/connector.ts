import { TrinityError } from './errors.ts'

/** One WebSocket message as it came or goes: text, or bytes where a venue sends binary. */
export type Frame = string | Uint8Array

/** At most `count` actions in any window of `perMs` milliseconds. */
export interface RateLimit {
  readonly count: number
  readonly perMs: number
}

/** A base asset priced in a quote currency, both in upper case: `{ base: 'BTC', quote: 'USD' }`. */
export interface Pair {
  readonly base: string
  readonly quote: string
}

/** What the engine hands to a connector that builds a request. */
export interface FrameContext {
  /** Rises by one with each request of a connection, from 1; acks and rejects may name it. */
  readonly id: number
  /** Epoch milliseconds. */
  readonly now: number
}

/** What a venue allows; the engine never passes it, over all connections of a process. */
export interface ConnectorLimits {
  readonly connects: RateLimit
  /** Requests of ours; pings, and replies that the venue demands, go out at once and are not counted. */
  readonly frames: RateLimit
  readonly symbolsPerConnection: number
  readonly symbolsPerFrame: number
  /** Bytes of one outgoing frame, where the venue names a limit. */
  readonly frameBytes?: number
  /** Pause between the open socket and the first frame. */
  readonly afterOpenMs?: number
  /** The venue cuts a connection that has not subscribed by then. */
  readonly subscribeWithinMs?: number
  /** The venue cuts every connection at this age; the engine overlaps a new one before. */
  readonly sessionMs?: number
}

/** How a live connection proves itself. */
export interface Heartbeat {
  /** Without any frame for this long the connection is dead. */
  readonly silenceMs: number
  /** A ping of ours; any frame within `replyWithinMs` answers it. */
  readonly ping?: { readonly everyMs: number; frame(context: FrameContext): Frame }
  readonly replyWithinMs?: number
}

/** A price of one symbol. Without `at` the venue gave no trade time: a first price, never an update. */
export interface Tick {
  readonly kind: 'tick'
  readonly symbol: string
  /** Decimal text, digit for digit as in the frame. */
  readonly price: string
  readonly size: string | undefined
  /** The trade's own time in epoch milliseconds, fractions cut. */
  readonly at: number | undefined
  /** The venue's trade id, as text. */
  readonly id: string | undefined
  /** True for a trade of a snapshot: it may be old and proves nothing by its time. */
  readonly backfill: boolean
  /** Whether the taker bought or sold; undefined where the venue does not say. A venue that gives the maker's side is turned around. */
  readonly side?: 'buy' | 'sell' | undefined
  /** Orders trades in place of `at` where the shown time was moved, as a replay does. */
  readonly orderAt?: number
  /** Of a REST body's row without trade time: when the venue made the row, epoch milliseconds, where that is long before the rest of the body. */
  readonly madeAt?: number
  /** Of such a row: when the venue made it, also where it counts as made with the body. It contradicts no trade of the stream from after that. */
  readonly rowAt?: number
}

/**
 * What a frame means. `ack` and `reject` name a symbol, or the request (`FrameContext.id`) whose symbols they stand for.
 * `alive` is a sign of life only, `reply` a frame to send back at once, `fail` says that the connection is of no more use,
 * `goingAway` that the venue will cut it in `inMs`.
 */
export type FeedEvent =
  | Tick
  | { readonly kind: 'ack'; readonly symbol?: string; readonly request?: number }
  | { readonly kind: 'reject'; readonly symbol?: string; readonly request?: number; readonly reason: string }
  | { readonly kind: 'alive' }
  | { readonly kind: 'reply'; readonly frame: Frame }
  | { readonly kind: 'fail'; readonly reason: string }
  | { readonly kind: 'goingAway'; readonly inMs: number }

/** A GET request to a venue's public REST interface. */
export interface RestRequest {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * Whether a listed symbol is traded. A `halted` one keeps its price, slot and subscription and ages; a `closed` one is not served.
 */
export type MarketState = 'trading' | 'halted' | 'closed'

/** A symbol of a venue's own listing. */
export interface ListedSymbol {
  readonly symbol: string
  readonly state: MarketState
  /** What REST bodies call the symbol, where that is another name. */
  readonly restName?: string
  /** The venue's own word for a state that the connector does not know: the symbol counts as halted, and the log says so. */
  readonly unknownState?: string
}

/** A body that refuses the request although its HTTP status is 200; it gets the pause of a 429. */
export interface RestRejection {
  /** The venue's own words. */
  readonly rejected: string
  readonly retryAfterMs?: number
}

/** The prices of a REST body. */
export interface RestPrices {
  readonly ticks: readonly Tick[]
  /** When the venue made the body, by the newest time in it less what its rows may lag behind, epoch milliseconds; absent where nothing in the body tells. */
  readonly madeAt?: number
}

/** The name of a symbol in REST bodies, as the venue's last listing had it; the symbol itself where that gave no other. */
export type RestNames = (symbol: string) => string

/** How a venue is read without a socket. Decoders are pure and never throw; `body` is the response's text. */
export interface ConnectorRest {
  /** Pause between two readings of the venue, milliseconds. */
  readonly everyMs: number
  /** Requests of any kind. */
  readonly limit: RateLimit
  /**
   * How old a body without a time of its own can be when it comes, milliseconds; 0 unless named. Such a body proves its prices only as of
   * that long before it was asked for. Where bodies usually have a time, it is for one whose time can't be read.
   */
  readonly bodyAgeMs?: number
  /** Requests that together cover the symbols; a bulk endpoint needs only one. */
  request(symbols: readonly string[], restName: RestNames): readonly RestRequest[]
  decode(body: string, symbols: readonly string[], restName: RestNames): RestPrices | RestRejection
  readonly list?: {
    request(): RestRequest
    decode(body: string): readonly ListedSymbol[] | RestRejection
  }
}

/** Where a venue is reached in one part of the world; what is left out stays as the connector has it. */
export interface ConnectorRegion {
  readonly urls: readonly string[]
  /** Hosts that stand in place of those of REST requests, by the usual host. */
  readonly restHosts?: Readonly<Record<string, string>>
  readonly quotes?: readonly string[]
}

/** A venue as data and pure functions; sockets, timers and retries belong to the engine. */
export interface Connector {
  readonly apiVersion: 2
  /** Lower-case id, the name of the venue in settings and answers. */
  readonly name: string
  /** For people. */
  readonly title: string
  /** The venue's fixed number on the UDP wire: 1–127 registered, 128–254 private. */
  readonly wireId: number
  /** The `source` of an answer. */
  readonly sourceTag: string
  /** Tried in order, the next after a failure. */
  readonly urls: readonly string[]
  /** Quote currencies served, in order of preference. */
  readonly quotes: readonly string[]
  readonly limits: ConnectorLimits
  readonly heartbeat: Heartbeat
  /** Whether snapshot trades are `marked` in their frames, are a symbol's `first-frame` on a connection, or never come. */
  readonly backfill: 'marked' | 'first-frame' | 'none'
  toSymbol(pair: Pair): string
  subscribe(symbols: readonly string[], context: FrameContext): readonly Frame[]
  unsubscribe(symbols: readonly string[], context: FrameContext): readonly Frame[]
  /** Pure; never throws, whatever the frame. */
  decode(frame: Frame): readonly FeedEvent[]
  readonly rest?: ConnectorRest
  /** By name; the literal itself is the region `global`. */
  readonly regions?: Readonly<Record<string, ConnectorRegion>>
  /** The region that {@link connectorInRegion} has moved the connector to; a literal has none. */
  readonly region?: string
}

/**
 * Checks a connector literal when it is defined, so that a mistake shows at start and not as a silent feed.
 * @throws TrinityError `TRN_CONNECTOR_INVALID` that names the field.
 */
export function defineConnector<const T extends Connector>(connector: T): T {
  const refuse = (field: string, rule: string): never => {
    throw new TrinityError('TRN_CONNECTOR_INVALID', `Connector '${connector.name}': ${field} ${rule}.`)
  }
  const version: unknown = connector.apiVersion
  if (version === 1) refuse('apiVersion', changesSinceVersion1)
  if (version !== 2) refuse('apiVersion', 'must be 2')
  if (!idPattern.test(connector.name)) refuse('name', 'must be lower-case letters, digits and dashes')
  if (!Number.isInteger(connector.wireId) || connector.wireId < 1 || connector.wireId > 254) refuse('wireId', 'must be 1–254')
  if (connector.urls.length === 0) refuse('urls', 'must name at least one address')
  for (const url of connector.urls) if (!isSocketUrl(url)) refuse('urls', `must be ws:// or wss:// addresses, not '${url}'`)
  if (connector.quotes.length === 0) refuse('quotes', 'must name at least one currency')
  const { limits, heartbeat } = connector
  for (const name of ['connects', 'frames'] as const) {
    if (!isRateLimit(limits[name])) refuse(`limits.${name}`, rateLimitRule)
  }
  for (const name of ['symbolsPerConnection', 'symbolsPerFrame'] as const) if (!(limits[name] > 0)) refuse(`limits.${name}`, 'must be positive')
  if (!(heartbeat.silenceMs > 0)) refuse('heartbeat.silenceMs', 'must be positive')
  const bodyAgeMs = connector.rest?.bodyAgeMs ?? 0
  if (!isAge(bodyAgeMs)) refuse('rest.bodyAgeMs', `must be 0 or more milliseconds, not ${bodyAgeMs}`)
  if (connector.rest !== undefined) {
    const { everyMs, limit } = connector.rest
    if (!isDuration(everyMs)) refuse('rest.everyMs', `must be more than 0 milliseconds, not ${everyMs}`)
    if (!isRateLimit(limit)) refuse('rest.limit', rateLimitRule)
  }
  for (const [name, region] of Object.entries(connector.regions ?? {})) checkRegion(name, region, refuse)
  return connector
}

/** Milliseconds that something can be old. */
export function isAge(ms: number): boolean {
  return Number.isFinite(ms) && ms >= 0
}

function isDuration(ms: number): boolean {
  return Number.isFinite(ms) && ms > 0
}

function isRateLimit(limit: Partial<RateLimit> | undefined): boolean {
  return Number.isInteger(limit?.count) && Number(limit?.count) > 0 && isDuration(Number(limit?.perMs))
}

const rateLimitRule = 'needs a whole count and perMs, both more than 0'

function checkRegion(name: string, { urls, restHosts = {}, quotes }: ConnectorRegion, refuse: (field: string, rule: string) => never): void {
  if (!idPattern.test(name) || name === 'global')
    refuse('regions', `must have names of lower-case letters, digits and dashes beside 'global', not '${name}'`)
  const field = `regions.${name}`
  if (urls.length === 0) refuse(`${field}.urls`, 'must name at least one address')
  for (const url of urls) if (!isSocketUrl(url)) refuse(`${field}.urls`, `must be ws:// or wss:// addresses, not '${url}'`)
  for (const host of Object.entries(restHosts).flat())
    if (!isHost(host)) refuse(`${field}.restHosts`, `must be hosts, as in https://HOST/, not '${host}'`)
  if (quotes?.length === 0) refuse(`${field}.quotes`, 'must name at least one currency')
}

const idPattern = /^[a-z][a-z0-9-]*$/

function isSocketUrl(url: string): boolean {
  return /^wss?:\/\//.test(url) && URL.canParse(url)
}

function isHost(host: string): boolean {
  return URL.canParse(`https://${host}/`) && new URL(`https://${host}/`).host === host
}

/** One line for the makers of connectors written for version 1. */
const changesSinceVersion1 =
  'is 1, must be 2: listed symbols have state in place of tradable, rest.decode returns { ticks, madeAt? } or { rejected }, ' +
  'renames gives way to an exported assetNames, and ticks may have a side'

/** The symbols that an asset of these names may have at a venue, best first: each name in each of the venue's quote currencies. */
export function symbolCandidates(connector: Connector, names: readonly string[]): readonly (Pair & { readonly symbol: string })[] {
  return names.flatMap((base) => connector.quotes.map((quote) => ({ base, quote, symbol: connector.toSymbol({ base, quote }) })))
}

/**
 * The connector as it is in one of its regions: other addresses, REST hosts and quote currencies.
 * @throws TrinityError `TRN_SETTING_INVALID` that names the regions there are
 */
export function connectorInRegion<T extends Connector>(connector: T, region: string): T {
  if (region === 'global') return connector
  const { regions = {}, rest } = connector
  const place = Object.hasOwn(regions, region) ? regions[region] : undefined
  if (place === undefined) {
    const known = ['global', ...Object.keys(regions)].join(', ')
    throw new TrinityError('TRN_SETTING_INVALID', `${connector.title} has no region '${region}'; known are ${known}.`)
  }
  const { urls, restHosts = {}, quotes = connector.quotes } = place
  if (rest === undefined) return { ...connector, region, urls, quotes }
  return { ...connector, region, urls, quotes, rest: moveRest(rest, restHosts) }
}

function moveRest(rest: ConnectorRest, hosts: Readonly<Record<string, string>>): ConnectorRest {
  const move = (request: RestRequest): RestRequest => {
    const url = new URL(request.url)
    const host = hosts[url.host]
    if (host === undefined) return request
    url.host = host
    return { ...request, url: url.href }
  }
  const { list } = rest
  return {
    ...rest,
    request: (symbols, restName) => rest.request(symbols, restName).map(move),
    ...(list === undefined ? {} : { list: { ...list, request: () => move(list.request()) } }),
  }
}
