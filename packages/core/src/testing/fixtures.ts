import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FeedEvent, Frame, ListedSymbol, Pair } from '../connector.ts'
import { type RecordedFrame, readRecording } from './recordings.ts'

/** REST bodies of a venue and what a connector must make of them. */
export interface RestFixture {
  /** What `rest.decode` is asked for. */
  readonly symbols: readonly string[]
  /** Body of the answer that gives prices. */
  readonly ticker: string
  /** Ticks, fields that are undefined left out; a side is compared where there is one. */
  readonly ticks: readonly unknown[]
  /** When the venue made that body, where something in it says so. */
  readonly madeAt?: number
  /** Body of the answer that lists the venue's symbols, for a connector that reads it. */
  readonly list?: string
  readonly listed?: readonly ListedSymbol[]
  /** Bodies that refuse any request with status 200, and the words of their rejection. */
  readonly rejections?: readonly { readonly body: string; readonly rejected: string }[]
  /** The venue never refuses with status 200, so that there are no `rejections`. */
  readonly rejectsOnlyByStatus?: boolean
}

/** What the checks of a connector work with. */
export interface ConnectorFixtures {
  /** Frames of a session as the venue sends them; each incoming one says its events. */
  readonly fixtures: readonly RecordedFrame[]
  readonly rest?: RestFixture
  /** Pairs that must get symbols of their own, beside some that every venue has to tell apart. */
  readonly pairs?: readonly Pair[]
}

/** An incoming frame of the fixtures. */
export interface FixtureFrame {
  readonly frame: string
  readonly events: readonly FeedEvent[]
  readonly line: number
}

/**
 * The fixtures in a folder: the lines of its `*.jsonl` files, and `rest.json` where there is one.
 * @throws Error for a line that is no recorded frame.
 */
export function readFixtures(folder: string | URL): ConnectorFixtures {
  const path = typeof folder === 'string' ? folder : fileURLToPath(folder)
  const files = readdirSync(path)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
  const fixtures = files.flatMap((name) => [
    ...readRecording(join(path, name), ({ file, line, reason }) => {
      throw new Error(`${file}, line ${line}: ${reason}`)
    }),
  ])
  const restFile = join(path, 'rest.json')
  return existsSync(restFile) ? { fixtures, rest: JSON.parse(readFileSync(restFile, 'utf8')) as RestFixture } : { fixtures }
}

/**
 * The incoming frames of fixtures.
 * @throws Error for a frame that does not say its events.
 */
export function incomingFrames({ fixtures }: ConnectorFixtures): readonly FixtureFrame[] {
  return fixtures.flatMap(({ dir, frame, events, line }) => {
    if (dir === 'out') return []
    if (events === undefined) throw new Error(`The incoming frame of fixture line ${line} does not say its events.`)
    return [{ frame, events, line }]
  })
}

/** A frame for messages: bytes in hex, long ones cut. */
export function showFrame(frame: Frame): string {
  const text = typeof frame === 'string' ? JSON.stringify(frame) : `bytes ${Buffer.from(frame).toString('hex')}`
  return text.length > 300 ? `${text.slice(0, 300)}… (${frame.length} long)` : text
}
