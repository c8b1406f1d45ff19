import type { FeedEvent, Frame } from '../../connector.ts'
import { frameText } from '../../frame/read-object.ts'
import type { SimulatorDialect } from '../../simulation/dialect.ts'
import { type Check, demand, demandEqual, show } from '../check.ts'
import { incomingFrames, showFrame } from '../fixtures.ts'
import { frameTokens } from '../tokens.ts'
import { eventsOf } from './answer-checks.ts'
import type { SimulatorEvidence } from './evidence.ts'
import { sampleContext, sampleFrames, sampleId, sampleNow, sampleSymbols } from './sample.ts'

/** What the connector makes of the dialect's signs of life and announcements. */
export function signChecks(dialect: SimulatorDialect, { fixtures }: SimulatorEvidence): readonly Check[] {
  const { hello, heartbeat, maintenance, connector } = dialect
  const known = new Set(incomingFrames(fixtures).flatMap(({ events }) => events.map(({ kind }) => kind)))
  return [
    { name: 'pure: the same call gives the same frames', run: () => checkPure(dialect) },
    ...(hello === undefined ? [] : [{ name: 'hello: a sign of life and no more', run: () => checkSigns(dialect, hello(sampleContext())) }]),
    ...(connector.heartbeat.ping === undefined ? [] : [{ name: 'pong: a ping is answered by a sign of life', run: () => checkPong(dialect) }]),
    ...(heartbeat === undefined && !known.has('reply')
      ? []
      : [{ name: 'heartbeat: it comes in time, and only a reply that is demanded is given', run: () => checkHeartbeat(dialect) }]),
    ...(known.has('goingAway') || dialect.goodbye !== undefined
      ? [{ name: 'goodbye: the connector sees that the connection will be cut', run: () => checkGoodbye(dialect) }]
      : []),
    ...(maintenance === undefined
      ? []
      : [{ name: 'maintenance: it says nothing of a symbol', run: () => checkMaintenance(dialect, maintenance(sampleContext())) }]),
  ]
}

function checkPure(dialect: SimulatorDialect): void {
  const [symbols] = sampleSymbols(dialect)
  const first = sampleFrames(dialect, symbols)
  demandEqual(sampleFrames(dialect, symbols), first, 'The frames of a second round')
}

function checkSigns(dialect: SimulatorDialect, frames: readonly Frame[]): void {
  demand(frames.length > 0, 'There is no frame.')
  for (const frame of frames) demand(isSign(dialect.connector.decode(frame)), () => `${showFrame(frame)} is more or less than a sign of life.`)
}

function isSign(events: readonly FeedEvent[]): boolean {
  return events.length === 1 && events[0]?.kind === 'alive'
}

function checkPong(dialect: SimulatorDialect): void {
  const ping = dialect.connector.heartbeat.ping?.frame({ id: sampleId, now: sampleNow }) ?? ''
  const frames = dialect.readRequests(ping).flatMap((request) => (request.kind === 'ping' ? (dialect.pong?.(request, sampleContext()) ?? []) : []))
  checkSigns(dialect, frames)
}

function checkHeartbeat(dialect: SimulatorDialect): void {
  const { heartbeat, connector } = dialect
  demand(heartbeat !== undefined, 'The connector answers heartbeats, but the dialect sends none.')
  const { everyMs, replyWithinMs } = heartbeat
  const { silenceMs } = connector.heartbeat
  demand(everyMs < silenceMs, `A heartbeat each ${everyMs} ms is too seldom for a connector that waits ${silenceMs} ms.`)
  const frame = heartbeat.frame(sampleContext())
  const events = connector.decode(frame)
  if (replyWithinMs === undefined) return checkSigns(dialect, [frame])
  const [reply] = events
  demand(events.length === 1 && reply?.kind === 'reply', () => `The connector does not answer ${showFrame(frame)}, it means ${show(events)}.`)
  const requests = dialect.readRequests(reply.frame)
  const isRead = requests.length === 1 && requests[0]?.kind === 'heartbeat-reply'
  demand(isRead, () => `The reply ${showFrame(reply.frame)} was read as ${show(requests)}.`)
  const id = requests[0]?.id
  demand(
    id === undefined || frameTokens(frameText(frame)).has(String(id)),
    `The reply was read with the id ${String(id)}, not that of the heartbeat.`,
  )
}

function checkGoodbye(dialect: SimulatorDialect): void {
  const frames = dialect.goodbye?.(sampleContext()) ?? []
  const events = eventsOf(dialect, frames)
  demand(events.length === 1 && events[0]?.kind === 'goingAway', () => `The goodbye ${frames.map(showFrame).join(', ')} means ${show(events)}.`)
}

function checkMaintenance(dialect: SimulatorDialect, frames: readonly Frame[]): void {
  demand(frames.length > 0, 'There is no frame.')
  const events = frames.flatMap((frame) => dialect.connector.decode(frame))
  const isPlain = events.length > 0 && events.every(({ kind }) => kind === 'alive' || kind === 'goingAway' || kind === 'fail')
  demand(isPlain, () => `The announcement means ${show(events)}.`)
}
