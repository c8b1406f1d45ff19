import type { Connector, FeedEvent, Frame, Tick } from '../../connector.ts'
import { tradeTimeRange } from '../../frame/time.ts'
import { demand } from '../check.ts'
import { type ConnectorFixtures, incomingFrames, showFrame } from '../fixtures.ts'
import { frameTokens } from '../tokens.ts'
import { type JudgedCheck, judge } from './judged-check.ts'

/** What decoding the fixtures must give, beside exactly their events. */
export function decodeChecks(
  connector: Connector,
  fixtures: ConnectorFixtures,
): Record<'pure' | 'exact' | 'times' | 'side' | 'coverage', JudgedCheck> {
  const pure = judge({
    name: 'pure: the same frame gives the same events, in any order, and stays as it is',
    run: () => checkPure(connector, fixtures),
  })
  const forEachFrame = (faultOf: typeof exactFault) => (): void => {
    for (const { frame } of incomingFrames(fixtures)) {
      const fault = faultOf(connector, frame)
      demand(fault === undefined, () => `${fault}, in ${showFrame(frame)}.`)
    }
  }
  return {
    pure,
    exact: judge({ name: 'exact: each price, size and id is a whole token of its frame', run: forEachFrame(exactFault) }, [pure]),
    times: judge({ name: 'times: each trade time is whole epoch milliseconds in a sane range', run: forEachFrame(timesFault) }, [pure]),
    side: judge({ name: 'side: each trade was bought, sold, or has no side', run: forEachFrame(sideFault) }, [pure]),
    coverage: judge({
      name: 'coverage: the fixtures hold a tick, an ack or a sign of life, a reject, and a REST refusal',
      run: () => checkCoverage(connector, fixtures),
    }),
  }
}

function checkPure(connector: Connector, fixtures: ConnectorFixtures): void {
  const frames = incomingFrames(fixtures).map(({ frame }) => frame)
  const first = frames.map((frame) => JSON.stringify(eventsOf(connector, frame)))
  for (const i of [...frames.keys()].reverse()) {
    const again = JSON.stringify(eventsOf(connector, frames[i] ?? ''))
    demand(again === first[i], () => `${showFrame(frames[i] ?? '')} gave ${first[i]} at first and ${again} when the frames came in another order.`)
  }
  for (const frame of frames) {
    const bytes = Buffer.from(frame)
    eventsOf(connector, bytes)
    demand(bytes.equals(Buffer.from(frame)), () => `decode changed the bytes of ${showFrame(frame)}.`)
  }
}

/** The events of a frame; none where decoding throws, which other checks tell of. */
export function eventsOf(connector: Connector, frame: Frame): readonly FeedEvent[] {
  try {
    return connector.decode(frame)
  } catch {
    return []
  }
}

/** What is wrong with the digits of a frame's ticks, in words. */
export function exactFault(connector: Connector, frame: string): string | undefined {
  return inexactWords(eventsOf(connector, frame), frameTokens(frame))
}

/** What is wrong with the times of a frame's ticks, in words. */
export function timesFault(connector: Connector, frame: string): string | undefined {
  for (const event of eventsOf(connector, frame)) {
    if (event.kind !== 'tick' || event.at === undefined || isSaneTime(event.at)) continue
    return `The trade time ${String(event.at)} is not whole epoch milliseconds of this century`
  }
  return undefined
}

/** What is wrong with the sides of a frame's ticks, in words. */
export function sideFault(connector: Connector, frame: string): string | undefined {
  for (const event of eventsOf(connector, frame))
    if (event.kind === 'tick' && !isSide(event.side)) return `The side '${String(event.side)}' is neither buy nor sell`
  return undefined
}

function checkCoverage(connector: Connector, fixtures: ConnectorFixtures): void {
  const kinds = new Set(incomingFrames(fixtures).flatMap(({ events }) => events.map(({ kind }) => kind)))
  const add = (what: string): string => `Add ${what} to fixtures/*.jsonl, as the venue sends it, with the events that it means.`
  demand(kinds.has('tick'), `No fixture holds a tick. ${add('a frame with a trade')}`)
  demand(kinds.has('ack') || kinds.has('alive'), `No fixture holds an ack or a sign of life. ${add('the answer to a subscription or a ping')}`)
  demand(kinds.has('reject'), `No fixture holds a reject. ${add('the refusal of a symbol')}`)
  const { rest } = fixtures
  if (connector.rest === undefined || rest === undefined) return
  demand(
    (rest.rejections ?? []).length > 0 || rest.rejectsOnlyByStatus === true,
    'The REST fixture holds no refusal. Add a body that refuses with status 200 to `rejections`, with its words as `rejected`, or write ' +
      '`"rejectsOnlyByStatus": true` where the venue has no such body.',
  )
}

/** The first text of a tick that is no token of its frame, in words; `61234.5` is none in a frame that says `61234.50`. */
export function inexactWords(
  events: readonly FeedEvent[],
  tokens: ReadonlySet<string>,
  fields: readonly ('price' | 'size' | 'id')[] = ['price', 'size', 'id'],
): string | undefined {
  for (const event of events) {
    if (event.kind !== 'tick') continue
    for (const field of fields) {
      const text = event[field]
      if (text !== undefined && !tokens.has(text)) return `The ${field} '${text}' does not stand so`
    }
  }
  return undefined
}

/** Whether a side is one that {@link Tick.side} may hold. */
export function isSide(side: unknown): side is Tick['side'] {
  return side === undefined || side === 'buy' || side === 'sell'
}

/** Whether a trade time is one that {@link Tick.at} may hold. */
export function isSaneTime(at: NonNullable<Tick['at']>): boolean {
  return Number.isInteger(at) && at >= tradeTimeRange[0] && at <= tradeTimeRange[1]
}
