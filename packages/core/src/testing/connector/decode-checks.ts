import type { Connector, FeedEvent, Tick } from '../../connector.ts'
import { tradeTimeRange } from '../../frame/time.ts'
import { type Check, demand, demandEqual } from '../check.ts'
import { type ConnectorFixtures, incomingFrames, showFrame } from '../fixtures.ts'
import { frameTokens } from '../tokens.ts'

/** What decoding the fixtures must give. */
export function decodeChecks(connector: Connector, fixtures: ConnectorFixtures): readonly Check[] {
  return [
    { name: 'golden: each frame means exactly what its fixture says', run: () => checkGolden(connector, fixtures) },
    { name: 'pure: the same frame gives the same events, in any order, and stays as it is', run: () => checkPure(connector, fixtures) },
    { name: 'exact: each price, size and id is a whole token of its frame', run: () => checkExact(connector, fixtures) },
    { name: 'times: each trade time is whole epoch milliseconds in a sane range', run: () => checkTimes(connector, fixtures) },
    { name: 'coverage: the fixtures hold a tick, an ack or a sign of life, and a reject', run: () => checkCoverage(fixtures) },
  ]
}

function checkGolden(connector: Connector, fixtures: ConnectorFixtures): void {
  const frames = incomingFrames(fixtures)
  demand(frames.length > 0, 'There are no fixtures.')
  for (const { frame, events, line } of frames) demandEqual(connector.decode(frame), events, `Fixture line ${line}, ${showFrame(frame)}`)
}

function checkPure(connector: Connector, fixtures: ConnectorFixtures): void {
  const frames = incomingFrames(fixtures).map(({ frame }) => frame)
  const first = frames.map((frame) => JSON.stringify(connector.decode(frame)))
  for (const i of [...frames.keys()].reverse()) {
    const again = JSON.stringify(connector.decode(frames[i] ?? ''))
    demand(again === first[i], () => `${showFrame(frames[i] ?? '')} gave ${first[i]} at first and ${again} when the frames came in another order.`)
  }
  for (const frame of frames) {
    const bytes = Buffer.from(frame)
    connector.decode(bytes)
    demand(bytes.equals(Buffer.from(frame)), () => `decode changed the bytes of ${showFrame(frame)}.`)
  }
}

function checkExact(connector: Connector, fixtures: ConnectorFixtures): void {
  for (const { frame } of incomingFrames(fixtures)) {
    const words = inexactWords(connector.decode(frame), frameTokens(frame))
    demand(words === undefined, () => `${words} in ${showFrame(frame)}.`)
  }
}

function checkTimes(connector: Connector, fixtures: ConnectorFixtures): void {
  for (const { frame } of incomingFrames(fixtures)) {
    for (const event of connector.decode(frame)) {
      if (event.kind !== 'tick' || event.at === undefined) continue
      demand(
        isSaneTime(event.at),
        () => `The trade time ${String(event.at)} is not whole epoch milliseconds of this century, in ${showFrame(frame)}.`,
      )
    }
  }
}

function checkCoverage(fixtures: ConnectorFixtures): void {
  const kinds = new Set(incomingFrames(fixtures).flatMap(({ events }) => events.map(({ kind }) => kind)))
  demand(kinds.has('tick'), 'No fixture holds a tick.')
  demand(kinds.has('ack') || kinds.has('alive'), 'No fixture holds an ack or a sign of life.')
  demand(kinds.has('reject'), 'No fixture holds a reject.')
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

/** Whether a trade time is one that {@link Tick.at} may hold. */
export function isSaneTime(at: NonNullable<Tick['at']>): boolean {
  return Number.isInteger(at) && at >= tradeTimeRange[0] && at <= tradeTimeRange[1]
}
