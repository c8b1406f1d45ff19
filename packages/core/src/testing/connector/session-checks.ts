import type { Connector, FeedEvent, Frame } from '../../connector.ts'
import { defaultBackoff } from '../../feed/backoff.ts'
import { frameText } from '../../frame/read-object.ts'
import { demand } from '../check.ts'
import { type ConnectorFixtures, type FixtureFrame, incomingFrames, showFrame } from '../fixtures.ts'
import { namesSymbol } from '../tokens.ts'
import { eventsOf } from './decode-checks.ts'
import { type FrameCheck, type JudgedCheck, judge } from './judged-check.ts'
import { rejectChecks } from './reject-checks.ts'
import { SessionRig } from './session-rig.ts'
import { sessionSymbols } from './symbols.ts'

/** How the connector lives in the real engine; those of one frame are told apart. */
export function sessionChecks(
  connector: Connector,
  fixtures: ConnectorFixtures,
  on: readonly JudgedCheck[],
): { readonly all: readonly JudgedCheck[]; readonly ofFrames: readonly FrameCheck[] } {
  const rig = (): SessionRig => new SessionRig(connector, fixtures, sessionSymbols(connector, fixtures, 4))
  const { ping } = connector.heartbeat
  const opening = judge(
    {
      name: 'session: every symbol is asked for once the connection is open, neither too early nor too late',
      run: () => checkOpening(connector, rig()),
    },
    on,
  )
  const named = (name: string, run: () => void): JudgedCheck => judge({ name: `session: ${name}`, run }, [opening])
  const forEachFrame = (kind: FeedEvent['kind'], does: string, run: (frame: FixtureFrame) => void): readonly FrameCheck[] =>
    framesWith(fixtures, kind).map((frame) => ({ frame: frame.frame, check: named(`${showFrame(frame.frame)} ${does}`, () => run(frame)) }))

  const trades = named('the trades of the fixtures reach the feed', () => checkTrades(connector, fixtures))
  const ofFrames: readonly FrameCheck[] = [
    { check: trades },
    ...rejectChecks(connector, fixtures, [opening]),
    ...forEachFrame('reply', 'is answered at once', (frame) => checkReply(rig(), frame)),
    ...forEachFrame('fail', 'leads to a new connection', ({ frame }) => checkFail(rig(), frame)),
    ...forEachFrame('goingAway', 'opens the next connection before the venue cuts', ({ frame }) => checkGoingAway(rig(), frame)),
  ]
  const all = [
    opening,
    ...ofFrames.map(({ check }) => check),
    named('a silent connection is replaced and every symbol asked for again', () => checkSilence(connector, rig())),
    named('a changed set of symbols sends only the difference', () => checkDelta(rig())),
    ...(ping === undefined ? [] : [named('our pings go out in time', () => checkPing(ping.everyMs, rig()))]),
  ]
  return { all, ofFrames }
}

function checkOpening({ limits }: Connector, rig: SessionRig): void {
  const { afterOpenMs = 0, subscribeWithinMs } = limits
  const openedAt = rig.clock.now()
  demand(rig.openAndAsk(), 'Not every symbol was asked for within 8 s of opening.')
  const times = rig.transport.sockets.flatMap(({ sent }) => sent.map(({ at }) => at - openedAt))
  const first = Math.min(...times)
  demand(first >= afterOpenMs, `The first frame went out ${first} ms after opening, before the ${afterOpenMs} ms of the venue.`)
  demand(
    first < (subscribeWithinMs ?? Infinity),
    `The first frame went out ${first} ms after opening, when the venue cuts at ${subscribeWithinMs} ms.`,
  )
  demand(rig.transport.sockets.length === 1, `${rig.transport.sockets.length} connections were opened for ${rig.symbols.length} symbols.`)
  rig.stop()
}

function checkTrades(connector: Connector, fixtures: ConnectorFixtures): void {
  const frames = incomingFrames(fixtures).filter(({ events }) => events.some(({ kind }) => kind === 'tick'))
  // What they should be decoded to is another check's; here it is that nothing gets lost on the way.
  const expected = frames.flatMap(({ frame }) => eventsOf(connector, frame).filter((event) => event.kind === 'tick'))
  const symbols = [...new Set(expected.map(({ symbol }) => symbol))].slice(0, connector.limits.symbolsPerConnection)
  const rig = new SessionRig(connector, fixtures, symbols)
  demand(rig.openAndAsk(60_000), 'Not every symbol of the fixtures was asked for within a minute.')
  for (const { frame } of frames) rig.transport.last.deliver(frame)
  const show = (ticks: readonly { readonly symbol: string; readonly price: string; readonly id?: string | undefined }[]): string =>
    [...ticks]
      .map(({ symbol, price, id }) => `${symbol} ${price} ${id}`)
      .toSorted()
      .join(', ')
  const told = show(rig.ticks)
  demand(told === show(expected), () => `The feed told ${told} and not ${show(expected)}.`)
  const traded = new Set(expected.filter(({ at }) => at !== undefined).map(({ symbol }) => symbol))
  for (const symbol of symbols) {
    const state = rig.feed.symbolState(symbol)
    demand(state === (traded.has(symbol) ? 'live' : 'pending'), `${symbol} ${traded.has(symbol) ? 'traded' : 'has not traded'} and is ${state}.`)
  }
  rig.stop()
}

function checkSilence({ heartbeat, limits }: Connector, rig: SessionRig): void {
  demand(rig.openAndAsk(), 'Not every symbol was asked for.')
  const first = rig.transport.last
  const { silenceMs, ping, replyWithinMs } = heartbeat
  // A ping may have gone out right after the last frame.
  const quietMs = ping === undefined ? silenceMs : Math.min(silenceMs, replyWithinMs ?? Infinity)
  rig.clock.advance(quietMs - 1)
  demand(first.state === 'open', `The connection was given up after ${quietMs - 1} ms of silence, too early.`)
  rig.clock.advance(silenceMs)
  demand(first.state !== 'open', `The connection was kept through ${silenceMs} ms of silence.`)
  rig.clock.advance(defaultBackoff.capMs + limits.connects.perMs)
  demand(
    rig.transport.sockets.length === 2,
    `${rig.transport.sockets.length - 1} connections were tried after the silent one; one was expected to wait for an answer.`,
  )
  const second = rig.transport.last
  second.open()
  const again = rig.run(8000, () => rig.symbols.every((symbol) => rig.hasAsked(second, symbol)))
  demand(
    again,
    `After the reconnect only ${rig.symbols.filter((symbol) => rig.hasAsked(second, symbol)).join(', ')} of ${rig.symbols.join(', ')} were asked for.`,
  )
  rig.stop()
}

function checkDelta(rig: SessionRig): void {
  demand(rig.openAndAsk(), 'Not every symbol was asked for.')
  const [changed, ...others] = rig.symbols
  demand(changed !== undefined && others.length > 0, 'There are too few symbols.')
  const socket = rig.transport.last
  for (const [symbols, what] of [
    [others, 'Removing'],
    [rig.symbols, 'Adding'],
  ] as const) {
    socket.takeSent()
    rig.feed.setSymbols(symbols)
    const frames: Frame[] = []
    rig.run(3000, () => frames.push(...socket.takeSent()) > 0)
    const text = frames.map(frameText).join('\n')
    demand(namesSymbol(text, changed), `${what} ${changed} sent nothing that names it.`)
    const extra = others.filter((symbol) => namesSymbol(text, symbol))
    demand(extra.length === 0, () => `${what} ${changed} sent frames that name ${extra.join(', ')} too: ${text}`)
  }
  demand(rig.transport.sockets.length === 1, 'A changed set of symbols opened another connection.')
  rig.stop()
}

function checkPing(everyMs: number, rig: SessionRig): void {
  demand(rig.openAndAsk(), 'Not every symbol was asked for.')
  const { last } = rig.transport
  last.takeSent()
  rig.run(everyMs * 3)
  demand(last.state === 'open', 'The connection did not live through three pings.')
  const pings = last
    .takeSent()
    .map(frameText)
    .filter((text) => !rig.symbols.some((symbol) => namesSymbol(text, symbol)))
  demand(pings.length >= 2, `Only ${pings.length} pings went out in ${everyMs * 3} ms.`)
  rig.stop()
}

function checkReply(rig: SessionRig, { frame, events }: FixtureFrame): void {
  demand(rig.openAndAsk(), 'Not every symbol was asked for.')
  const { last } = rig.transport
  last.takeSent()
  last.deliver(frame)
  const sent = last.takeSent().map(frameText)
  for (const event of events) {
    if (event.kind !== 'reply') continue
    const reply = frameText(event.frame)
    demand(sent.includes(reply), () => `The reply ${showFrame(reply)} was not sent${sent.length === 0 ? '' : `, but ${sent.join(', ')}`}.`)
  }
  rig.stop()
}

function checkFail(rig: SessionRig, frame: Frame): void {
  demand(rig.openAndAsk(), 'Not every symbol was asked for.')
  const { last } = rig.transport
  last.deliver(frame)
  demand(last.state !== 'open', 'The connection was kept.')
  demand(
    rig.run(defaultBackoff.capMs, () => rig.transport.last !== last),
    'No other connection was tried.',
  )
  rig.stop()
}

function checkGoingAway(rig: SessionRig, frame: Frame): void {
  demand(rig.openAndAsk(), 'Not every symbol was asked for.')
  const { last } = rig.transport
  last.deliver(frame)
  demand(
    rig.run(defaultBackoff.capMs, () => rig.transport.last !== last),
    'No other connection was opened.',
  )
  demand(last.state === 'open', 'The connection was given up before its successor brought data.')
  rig.stop()
}

function framesWith(fixtures: ConnectorFixtures, kind: FeedEvent['kind']): readonly FixtureFrame[] {
  return incomingFrames(fixtures).filter(({ events }) => events.some((event) => event.kind === kind))
}
