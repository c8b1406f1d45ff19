import type { Connector, FeedEvent } from '../../connector.ts'
import { demand } from '../check.ts'
import { type ConnectorFixtures, incomingFrames, showFrame } from '../fixtures.ts'
import { type FrameCheck, type JudgedCheck, judge } from './judged-check.ts'
import { SessionRig } from './session-rig.ts'
import { sessionSymbols } from './symbols.ts'

type Reject = Extract<FeedEvent, { readonly kind: 'reject' }>

/** One check for each reject of the fixtures: whatever a venue refuses, the other symbols and the connection live on. */
export function rejectChecks(connector: Connector, fixtures: ConnectorFixtures, on: readonly JudgedCheck[]): readonly FrameCheck[] {
  return incomingFrames(fixtures).flatMap(({ frame, events }) => {
    const reject = events.find((event) => event.kind === 'reject')
    if (reject === undefined || events.some(({ kind }) => kind === 'fail')) return []
    const name = `session: ${showFrame(frame)} refuses what it names and leaves the rest subscribed`
    return [{ frame, check: judge({ name, run: () => checkReject(connector, fixtures, frame, reject) }, on) }]
  })
}

function checkReject(connector: Connector, fixtures: ConnectorFixtures, frame: string, reject: Reject): void {
  const symbols = [...new Set([...(reject.symbol === undefined ? [] : [reject.symbol]), ...sessionSymbols(connector, fixtures, 4)])].slice(0, 4)
  const rig = new SessionRig(connector, fixtures, symbols)
  demand(rig.openAndAsk(), 'Not every symbol was asked for.')
  const victim = reject.symbol ?? symbols.at(-1) ?? ''
  const pinned = reject.symbol !== undefined || reject.request !== undefined
  if (reject.symbol !== undefined) rig.transport.last.deliver(frame)
  else if (reject.request !== undefined) rejectRequest(connector, rig, frame, reject.request, victim)
  else rig.transport.last.deliver(frame)

  const { last } = rig.transport
  demand(last.state === 'open' && rig.transport.sockets.length === 1, 'The reject ended the connection.')
  for (const symbol of symbols) {
    const state = rig.feed.symbolState(symbol)
    const refused = pinned && symbol === victim
    demand((state === 'rejected') === refused, `${symbol} is ${state} after the reject of ${pinned ? victim : 'no symbol in particular'}.`)
  }
  demand(pinned || rig.troubles.length > 0, 'A reject without symbol and request must at least be told as trouble.')
  if (pinned)
    demand(
      rig.feed.symbolReason(victim) === reject.reason,
      `The reason of ${victim} reads '${rig.feed.symbolReason(victim)}' and not '${reject.reason}'.`,
    )
  rig.stop()
}

/** Refuses the request that held the victim; when it held others too, each is asked for alone and the victim refused again. */
function rejectRequest(connector: Connector, rig: SessionRig, frame: string, request: number, victim: string): void {
  for (let attempt = 0; attempt < 2; attempt++) {
    const asked = rig.asked.findLast(({ symbols }) => symbols.includes(victim))
    demand(asked !== undefined, `${victim} was never asked for.`)
    rig.transport.last.deliver(renumber(connector, frame, request, asked.id))
    if (asked.symbols.length === 1) return
    rig.run(8000, () =>
      rig.symbols.every((symbol) => rig.asked.some((other) => other.id > asked.id && other.symbols.length === 1 && other.symbols[0] === symbol)),
    )
  }
}

/** The same frame about another request. */
function renumber(connector: Connector, frame: string, from: number, to: number): string {
  if (from === to) return frame
  for (const match of frame.matchAll(new RegExp(`(?<![\\w.])${from}(?![\\w.])`, 'g'))) {
    const changed = frame.slice(0, match.index) + String(to) + frame.slice(match.index + match[0].length)
    if (connector.decode(changed).some((event) => event.kind === 'reject' && event.request === to)) return changed
  }
  throw new Error(`The request number ${from} can't be found in ${showFrame(frame)}.`)
}
