import type { Frame } from '../../connector.ts'
import { frameText } from '../../frame/read-object.ts'
import type { ClientRequest, SimulatorDialect } from '../../simulation/dialect.ts'
import { type Check, demand, demandEqual, show } from '../check.ts'
import { showFrame } from '../fixtures.ts'
import { hostileFrames, replacedLeaves, truncations } from '../fuzz/hostile-frames.ts'
import { frameTokens } from '../tokens.ts'
import { requestFrames, sampleId, sampleNow, sampleSymbols } from './sample.ts'

/** What the dialect makes of a client's frames. */
export function askingChecks(dialect: SimulatorDialect): readonly Check[] {
  return [
    { name: 'asked: what the connector asks for is understood', run: () => checkOwn(dialect) },
    {
      name: 'asked: what it never asks for is ignored',
      run: () => {
        const strange = [...hostileFrames.filter((frame) => frame !== ownPing(dialect)), ...changedRequests(dialect)]
        for (const frame of strange) demandEqual(readOrDemand(dialect, frame), [], `Requests in ${showFrame(frame)}`)
      },
    },
    { name: 'asked: a hostile frame never throws and asks for nothing odd', run: () => checkHostile(dialect) },
  ]
}

function checkOwn(dialect: SimulatorDialect): void {
  for (const symbols of sampleSymbols(dialect)) {
    for (const asked of [symbols, symbols.slice(0, 1)]) {
      for (const kind of ['subscribe', 'unsubscribe'] as const) {
        const frames = requestFrames(dialect, kind, asked)
        demandEqual(frames.flatMap((frame) => readSymbols(dialect, frame, kind)).sort(), [...asked].sort(), `Symbols to ${kind}`)
      }
    }
  }
  const ping = ownPing(dialect)
  if (ping === undefined) return
  const requests = dialect.readRequests(ping)
  demand(requests.length === 1 && requests[0]?.kind === 'ping', () => `The ping ${showFrame(ping)} was read as ${show(requests)}.`)
  checkId(requests[0], frameText(ping))
}

function ownPing({ connector }: SimulatorDialect): Frame | undefined {
  return connector.heartbeat.ping?.frame({ id: sampleId, now: sampleNow })
}

function readSymbols(dialect: SimulatorDialect, frame: Frame, kind: ClientRequest['kind']): readonly string[] {
  const requests = dialect.readRequests(frame)
  demand(requests.length > 0, () => `${showFrame(frame)} was ignored.`)
  for (const request of requests) {
    demand(request.kind === kind, () => `${showFrame(frame)} was read as ${request.kind}.`)
    checkId(request, frameText(frame))
  }
  return requests.flatMap((request) => ('symbols' in request ? request.symbols : []))
}

/** The id is that of the frame where the frame has one. */
function checkId(request: ClientRequest | undefined, text: string): void {
  const id = request?.id
  const expected = frameTokens(text).has(String(sampleId)) ? sampleId : undefined
  const isRight = expected === undefined ? id === undefined || frameTokens(text).has(String(id)) : String(id) === String(expected)
  demand(isRight, `The id of ${text} was read as ${String(id)}.`)
}

/** The connector's requests cut short, or with one of their own words changed: the venue does not know them. */
function changedRequests(dialect: SimulatorDialect): readonly string[] {
  const [[symbol = '']] = sampleSymbols(dialect)
  return ownTexts(dialect).flatMap((text) => [...truncations(text, 40), ...changedWords(text, (word) => word.includes(symbol) || /^\d+$/.test(word))])
}

function ownTexts(dialect: SimulatorDialect): readonly string[] {
  const [[symbol = '']] = sampleSymbols(dialect)
  return (['subscribe', 'unsubscribe'] as const).flatMap((kind) => requestFrames(dialect, kind, [symbol])).map(frameText)
}

/** The frame once for each of its words, with another word in its place. */
function changedWords(text: string, isKept: (word: string) => boolean): readonly string[] {
  const words: string[] = []
  JSON.parse(text, (_key, value: unknown) => {
    if (typeof value === 'string' && !isKept(value)) words.push(value)
    return value
  })
  return [...new Set(words)].map((changed) => JSON.stringify(JSON.parse(text, (_key, value: unknown) => (value === changed ? 'nonsense' : value))))
}

function checkHostile(dialect: SimulatorDialect): void {
  for (const text of ownTexts(dialect)) {
    for (const frame of replacedLeaves(text, 20)) {
      for (const request of readOrDemand(dialect, frame)) {
        const symbols: readonly unknown[] = 'symbols' in request ? request.symbols : []
        const isOdd = symbols.some((symbol) => typeof symbol !== 'string') || !['number', 'string', 'undefined'].includes(typeof request.id)
        demand(!isOdd, () => `${show(request)} was read from ${showFrame(frame)}.`)
      }
    }
  }
}

function readOrDemand(dialect: SimulatorDialect, frame: Frame): readonly ClientRequest[] {
  try {
    return dialect.readRequests(frame)
  } catch (cause) {
    throw new Error(`readRequests threw for ${showFrame(frame)}: ${String(cause)}`, { cause })
  }
}
