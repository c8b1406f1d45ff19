import type { MarketState } from '../connector.ts'
import type { SimulatorDialect } from './dialect.ts'
import type { BodyLag, FaultBehaviour, RestTrouble } from './fault/fault.ts'
import type { RandomMarket } from './market.ts'
import { type ShownMarket, showMarket } from './shown-market.ts'

/** What a REST request is answered, or why it is not. */
export type RestAnswer =
  | { readonly kind: 'status'; readonly status: number; readonly body: string; readonly retryAfterSeconds?: number }
  | Exclude<RestTrouble, { kind: 'status' } | { kind: 'rejection' }>

/** What the REST side of a simulated venue knows. */
export interface RestSide {
  readonly dialect: SimulatorDialect
  readonly market: RandomMarket
  readonly behaviour: FaultBehaviour
  /** See {@link showMarket}. */
  readonly names: ReadonlyMap<string, string>
}

const webPage = '<!doctype html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>'

/** Answers a GET of a path and query, or says how it fails. */
export function answerRest(side: RestSide, pathAndQuery: string): RestAnswer {
  const { dialect, behaviour } = side
  const { rest, listing } = behaviour
  if (rest?.kind === 'status') return { ...rest, body: '' }
  if (rest?.kind === 'rejection') {
    const body = dialect.restRejection?.(pathAndQuery)
    return body === undefined ? { kind: 'status', status: 429, body: '' } : { kind: 'status', status: 200, body }
  }
  if (rest !== undefined) return rest
  if (listing === 'html' && asksForListing(dialect, pathAndQuery)) return { kind: 'status', status: 200, body: webPage }
  const body = dialect.rest(pathAndQuery, marketFor(side, pathAndQuery))
  return body === undefined ? { kind: 'status', status: 404, body: '' } : { kind: 'status', status: 200, body }
}

/** Whether a request is for the venue's own listing. */
export function asksForListing({ connector }: SimulatorDialect, pathAndQuery: string): boolean {
  const request = connector.rest?.list?.request()
  if (request === undefined) return false
  const { pathname, search } = new URL(request.url)
  return `${pathname}${search}` === pathAndQuery
}

/** The market that a body is made from. */
function marketFor(side: RestSide, pathAndQuery: string): ShownMarket {
  const { dialect, market, names, behaviour } = side
  const present = showMarket(market, names)
  if (asksForListing(dialect, pathAndQuery))
    return behaviour.listing === undefined ? present : { ...present, listed: shorten(present.listed, behaviour) }
  if (behaviour.restLag === undefined) return present
  return showMarket(market, names, bodyLagMs(dialect, pathAndQuery, present, behaviour.restLag))
}

function shorten(listed: ReadonlyMap<string, MarketState>, { listing }: FaultBehaviour): ReadonlyMap<string, MarketState> {
  return new Map([...listed].slice(0, listing === 'short' ? 1 : 0))
}

function bodyLagMs({ connector, rest }: SimulatorDialect, pathAndQuery: string, market: ShownMarket, lag: BodyLag): number {
  const declaredMs = connector.rest?.bodyAgeMs ?? 0
  const decoded = connector.rest?.decode(rest(pathAndQuery, market) ?? '', [...market.listed.keys()], (symbol) => symbol)
  if (decoded === undefined || 'rejected' in decoded) return declaredMs
  if (decoded.madeAt !== undefined) return lag.datedMs
  return decoded.ticks.some(({ at }) => at !== undefined) ? Math.max(declaredMs, lag.tradesMs) : declaredMs
}
