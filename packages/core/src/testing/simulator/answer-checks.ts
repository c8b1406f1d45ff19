import type { FeedEvent, Frame } from '../../connector.ts'
import type { SimulatorDialect } from '../../simulation/dialect.ts'
import { type Check, demand, show } from '../check.ts'
import { incomingFrames } from '../fixtures.ts'
import { namesSymbol } from '../tokens.ts'
import type { SimulatorEvidence } from './evidence.ts'
import { type SymbolRequest, readSymbolRequests, sampleContext, sampleSymbols } from './sample.ts'

/** What the connector makes of the dialect's answers to its requests. */
export function answerChecks(dialect: SimulatorDialect, evidence: SimulatorEvidence): readonly Check[] {
  return [
    { name: 'ack: the connector sees just the symbols of the request accepted', run: () => forEachRequest(dialect, 'subscribe', checkAck) },
    { name: 'ack: the end of a subscription is no trouble', run: () => forEachRequest(dialect, 'unsubscribe', checkUnsubscribed) },
    {
      name: 'reject: the connector sees just the bad symbol refused',
      run: () => forEachRequest(dialect, 'subscribe', (own, request) => checkReject(own, request, evidence)),
    },
  ]
}

/** Events of frames, signs of life left out. */
export function eventsOf({ connector }: SimulatorDialect, frames: readonly Frame[]): readonly FeedEvent[] {
  return frames.flatMap((frame) => connector.decode(frame)).filter(({ kind }) => kind !== 'alive')
}

function forEachRequest(
  dialect: SimulatorDialect,
  kind: 'subscribe' | 'unsubscribe',
  check: (dialect: SimulatorDialect, request: SymbolRequest, others: readonly string[]) => void,
): void {
  const [symbols, others] = sampleSymbols(dialect)
  for (const request of readSymbolRequests(dialect, kind, symbols)) for (const held of [[], others]) check(dialect, request, held)
}

function checkAck(dialect: SimulatorDialect, request: SymbolRequest, others: readonly string[]): void {
  const events = eventsOf(dialect, dialect.ack(request, sampleContext(others)))
  const { symbols, id } = request
  for (const event of events) {
    const isOwn = event.kind === 'ack' && (event.symbol === undefined ? event.request === id : [...symbols, ...others].includes(event.symbol))
    demand(isOwn && (event.symbol ?? event.request) !== undefined, () => `The ack of ${show(request)} means ${show(event)}.`)
  }
  const missing = symbols.filter((symbol) => !events.some((event) => event.kind === 'ack' && (event.symbol ?? symbol) === symbol))
  demand(missing.length === 0, () => `The ack of ${show(request)} does not reach ${missing.join(', ')}.`)
}

function checkUnsubscribed(dialect: SimulatorDialect, request: SymbolRequest, others: readonly string[]): void {
  for (const event of eventsOf(dialect, dialect.ack(request, sampleContext([...others, ...request.symbols])))) {
    const isHarmless = event.kind === 'ack' && (event.symbol === undefined ? event.request === request.id : !request.symbols.includes(event.symbol))
    demand(isHarmless, () => `The end of ${show(request)} means ${show(event)}.`)
  }
}

function checkReject(dialect: SimulatorDialect, request: SymbolRequest, { fixtures }: SimulatorEvidence): void {
  const real = incomingFrames(fixtures).flatMap(({ events }) => events.filter((event) => event.kind === 'reject'))
  for (const symbol of request.symbols) {
    const events = eventsOf(dialect, dialect.reject(request, symbol, sampleContext()))
    const [event] = events
    demand(events.length === 1 && event?.kind === 'reject', () => `The refusal of ${symbol} means ${show(events)}.`)
    const words = (): string => `The refusal of ${symbol} in request ${String(request.id)} means ${show(event)}.`
    const isOwnAlone = event.symbol === undefined && event.request !== undefined && event.request === request.id && request.symbols.length === 1
    // As exactly as the venue can: by the symbol or its own request, else by the request, else in words for people.
    if (real.some((other) => other.symbol !== undefined)) demand(event.symbol === symbol || isOwnAlone, words)
    else if (real.some((other) => other.request !== undefined)) demand(event.request !== undefined && event.request === request.id, words)
    else demand((event.symbol ?? event.request) === undefined && namesSymbol(event.reason, symbol), words)
  }
}
