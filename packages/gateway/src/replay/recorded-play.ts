import { BackfillMarker, type Connector, type Tick } from '@trinity/core'
import { type BrokenLine, type RecordedFrame, readRecording } from '@trinity/core/testing'

/** A recorded file made ready to play. */
export interface RecordedPlay {
  readonly file: string
  /** Incoming frames, and when to play them, milliseconds after the file's start at recorded pace. */
  readonly frames: readonly { readonly frame: string; readonly afterMs: number }[]
  /** The first trade of each symbol, in wire order. */
  readonly firstTrades: ReadonlyMap<string, Tick>
  /** Trade time that stands for the file's start, epoch milliseconds. */
  readonly startAt: number
  /** Latest minus earliest trade time. */
  readonly spanMs: number
  readonly earliestAt: number
}

/** Pace of lines whose receive time nobody noted. */
const untimedLineMs = 10

/**
 * Reads a recording and decodes it once, to learn what it holds; undefined when this connector finds no trade in it, as in
 * a file of another protocol generation.
 */
export function readPlay(connector: Connector, file: string, onBroken: (broken: BrokenLine) => void): RecordedPlay | undefined {
  const marker = new BackfillMarker(connector)
  const frames: { frame: string; afterMs: number }[] = []
  const firstTrades = new Map<string, Tick>()
  let firstLineAt: number | undefined
  let firstTradeAt: number | undefined
  let earliestAt = Infinity
  let latestAt = -Infinity
  let afterMs = 0
  let lastAt: number | null = null
  for (const line of readRecording(file, onBroken)) {
    afterMs += stepMs(line, lastAt)
    lastAt = line.at ?? lastAt
    firstLineAt ??= line.at ?? undefined
    if (line.dir !== 'in') continue
    frames.push({ frame: line.frame, afterMs })
    for (const event of marker.mark(connector.decode(line.frame))) {
      if (event.kind !== 'tick' || event.at === undefined) continue
      if (!firstTrades.has(event.symbol)) firstTrades.set(event.symbol, event)
      if (!event.backfill) firstTradeAt ??= event.at
      earliestAt = Math.min(earliestAt, event.at)
      latestAt = Math.max(latestAt, event.at)
    }
  }
  if (firstTrades.size === 0) return undefined
  return { file, frames, firstTrades, startAt: firstLineAt ?? firstTradeAt ?? earliestAt, spanMs: latestAt - earliestAt, earliestAt }
}

function stepMs(line: RecordedFrame, lastAt: number | null): number {
  if (line.at === null) return untimedLineMs
  return lastAt === null ? 0 : Math.max(0, line.at - lastAt)
}
