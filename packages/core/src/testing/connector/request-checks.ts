import type { Connector, Frame, RateLimit } from '../../connector.ts'
import { frameText } from '../../frame/read-object.ts'
import { demand } from '../check.ts'
import { type ConnectorFixtures, showFrame } from '../fixtures.ts'
import { namesSymbol } from '../tokens.ts'
import { type JudgedCheck, judge } from './judged-check.ts'
import { SessionRig } from './session-rig.ts'
import { knownPairs, madeUpSymbols } from './symbols.ts'

/** What a connector may ask a venue for, and how. */
export function requestChecks(connector: Connector, fixtures: ConnectorFixtures): Record<'requests' | 'symbols' | 'limits', JudgedCheck> {
  const requests = judge({ name: 'pure: the same symbols are asked for in the same frames', run: () => checkRequests(connector, fixtures) })
  const symbols = judge(
    { name: 'symbols: distinct pairs have distinct symbols, and requests name them', run: () => checkSymbols(connector, fixtures) },
    [requests],
  )
  const limits = judge(
    { name: 'limits: a full load stays within frames, bytes, symbols and pace of the venue', run: () => checkFullLoad(connector, fixtures) },
    [symbols],
  )
  return { requests, symbols, limits }
}

const context = { id: 1, now: 1_790_000_000_000 }

function checkRequests(connector: Connector, fixtures: ConnectorFixtures): void {
  const symbols = knownPairs(connector, fixtures).map((pair) => connector.toSymbol(pair))
  const ask = (symbol: string): string =>
    JSON.stringify([connector.subscribe([symbol], context), connector.unsubscribe([symbol], context)].map(texts))
  const first = symbols.map(ask)
  for (const i of [...symbols.keys()].reverse()) {
    const again = ask(symbols[i] ?? '')
    demand(again === first[i], () => `The requests for ${symbols[i]} were ${first[i]} at first and ${again} when the symbols came in another order.`)
  }
}

function texts(frames: readonly Frame[]): readonly string[] {
  return frames.map(frameText)
}

function checkSymbols(connector: Connector, fixtures: ConnectorFixtures): void {
  const owners = new Map<string, string>()
  for (const pair of knownPairs(connector, fixtures)) {
    const symbol = connector.toSymbol(pair)
    const name = `${pair.base}/${pair.quote}`
    demand(typeof symbol === 'string' && /^[\x21-\x7e]+$/.test(symbol), `The symbol of ${name}, '${symbol}', is not printable text.`)
    demand(!owners.has(symbol), `${name} and ${owners.get(symbol)} have the same symbol ${symbol}.`)
    owners.set(symbol, name)
    for (const kind of ['subscribe', 'unsubscribe'] as const) {
      const frames = connector[kind]([symbol], context)
      demand(
        frames.some((frame) => namesSymbol(frameText(frame), symbol)),
        () => `No ${kind} frame for ${symbol} names it: ${frames.map(showFrame).join(', ')}.`,
      )
    }
  }
}

/** How long a full load may take to be asked for. */
const patienceMs = 600_000

function checkFullLoad(connector: Connector, fixtures: ConnectorFixtures): void {
  const { symbolsPerConnection } = connector.limits
  const symbols = madeUpSymbols(connector, symbolsPerConnection + 1)
  // Pings are not counted among the frames that a venue limits.
  const { ping: _ping, ...heartbeat } = connector.heartbeat
  const rig = new SessionRig({ ...connector, heartbeat }, fixtures, symbols)
  // The second connection may have to wait for the venue's pace of connecting.
  rig.run(patienceMs, () => rig.transport.sockets.length > 1)
  demand(rig.openAndAsk(patienceMs), `Not all of ${symbols.length} symbols were asked for within ${patienceMs} ms.`)
  const kept = symbols.filter((_, i) => i % 2 === 0)
  const removed = symbols.filter((_, i) => i % 2 === 1)
  for (const socket of rig.transport.sockets) socket.takeSent()
  rig.feed.setSymbols(kept)
  const undone = new Set<string>()
  const all = rig.run(patienceMs, () => {
    for (const socket of rig.transport.sockets)
      for (const frame of socket.takeSent()) for (const symbol of namedIn(frame, removed)) undone.add(symbol)
    return undone.size === removed.length
  })
  demand(all, `Only ${undone.size} of ${removed.length} removed symbols were unsubscribed within ${patienceMs} ms.`)
  rig.stop()
  for (const { sent } of rig.transport.sockets) for (const { what } of sent) checkFrame(connector, what, symbols)
  checkPace(
    rig.transport.sockets.flatMap(({ sent }) => sent.map(({ at }) => at)),
    connector.limits.frames,
    'frames',
  )
  checkPace(
    rig.transport.sockets.map(({ connectedAt }) => connectedAt),
    connector.limits.connects,
    'connections',
  )
  for (const [i, { sent }] of rig.transport.sockets.entries()) {
    const carried = new Set(sent.flatMap(({ what }) => namedIn(what, symbols)))
    demand(carried.size <= symbolsPerConnection, `Connection ${i + 1} carried ${carried.size} symbols, more than ${symbolsPerConnection}.`)
  }
}

function checkFrame({ limits }: Connector, frame: Frame, symbols: readonly string[]): void {
  const bytes = Buffer.byteLength(frame)
  demand(bytes <= (limits.frameBytes ?? Infinity), () => `A frame of ${bytes} bytes is longer than ${limits.frameBytes}: ${showFrame(frame)}`)
  const count = namedIn(frame, symbols).length
  demand(count <= limits.symbolsPerFrame, () => `A frame names ${count} symbols, more than ${limits.symbolsPerFrame}: ${showFrame(frame)}`)
}

function namedIn(frame: Frame, symbols: readonly string[]): readonly string[] {
  const text = frameText(frame)
  return symbols.filter((symbol) => namesSymbol(text, symbol))
}

/** Demands that no window of `perMs` holds more than `count` of the times. */
export function checkPace(times: readonly number[], { count, perMs }: RateLimit, what: string): void {
  const sorted = [...times].sort((a, b) => a - b)
  for (const [i, at] of sorted.entries()) {
    const first = sorted[i - count]
    demand(
      first === undefined || at - first >= perMs,
      `${count + 1} ${what} went out within ${at - (first ?? 0)} ms; ${count} in ${perMs} ms are allowed.`,
    )
  }
}
