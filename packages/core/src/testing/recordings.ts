import { closeSync, existsSync, openSync, readSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { FeedEvent } from '../connector.ts'
import { TrinityError } from '../errors.ts'
import { asObject } from '../frame/read-object.ts'

/** One line of a recording: `{"at","dir","frame"}`, and `events` in fixtures. */
export interface RecordedFrame {
  /** When the frame passed, epoch milliseconds; null where nobody noted it. */
  readonly at: number | null
  /** `out` is what the client sent. */
  readonly dir: 'in' | 'out'
  /** The text exactly as on the wire. */
  readonly frame: string
  /** What a connector must make of an incoming frame, fields that are undefined left out. */
  readonly events?: readonly FeedEvent[]
  /** Number of the line in its file, from 1; 0 for a line from elsewhere. */
  readonly line: number
}

/** A line that is no recorded frame. */
export interface BrokenLine {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly reason: string
}

/** A longer line is broken; no venue sends frames of this size. */
const maxLineBytes = 32 << 20

const chunkBytes = 1 << 16

/** The recorded frame in a line of text, or why it is none, in words. */
export function parseRecordingLine(text: string, line = 0): RecordedFrame | string {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    return `not JSON (${error instanceof Error ? error.message : String(error)})`
  }
  const row = asObject(parsed)
  if (row === undefined) return 'not a JSON object'
  const { at, dir, frame, events } = row
  if (typeof frame !== 'string') return 'frame is not a string'
  if (dir !== 'in' && dir !== 'out') return "dir is neither 'in' nor 'out'"
  if (at !== null && !(typeof at === 'number' && Number.isFinite(at))) return 'at is neither a number nor null'
  if (events !== undefined && !Array.isArray(events)) return 'events is not an array'
  return { at, dir, frame, line, ...(events === undefined ? {} : { events: events as readonly FeedEvent[] }) }
}

/**
 * The frames of a JSON Lines file of any size, in order. A broken line is told to `onBroken` and left out; blank lines do
 * not count as broken.
 * @throws TrinityError `TRN_RECORDING_INVALID` when the file can't be read.
 */
export function* readRecording(file: string, onBroken: (broken: BrokenLine) => void = () => undefined): Generator<RecordedFrame, void, undefined> {
  let line = 0
  for (const bytes of readLines(file)) {
    line++
    const parsed = bytes === 'too long' ? `longer than ${maxLineBytes} bytes` : parseBytes(bytes, line)
    if (parsed === undefined) continue
    if (typeof parsed === 'string') onBroken({ file, line, reason: parsed })
    else yield parsed
  }
}

/**
 * The recording files of a venue in a folder (`FOLDER/VENUE/*.jsonl`), by name; none when the venue has no folder.
 */
export function listRecordings(folder: string, venue: string): string[] {
  const venueFolder = join(folder, venue)
  if (!existsSync(venueFolder)) return []
  return readdirSync(venueFolder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .map((name) => join(venueFolder, name))
}

/**
 * Where recordings lie: `TRINITY_RECORDINGS`, else `../shared/exchanges/recordings` beside `root`; undefined when there are none.
 * @throws TrinityError `TRN_SETTING_INVALID` when the variable names no folder.
 */
export function findRecordings(root: string, env: Readonly<Record<string, string | undefined>> = process.env): string | undefined {
  const named = env.TRINITY_RECORDINGS
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named
    throw new TrinityError('TRN_SETTING_INVALID', `TRINITY_RECORDINGS=${named}: there is no such folder.`)
  }
  const folder = join(root, '..', 'shared', 'exchanges', 'recordings')
  return existsSync(folder) ? folder : undefined
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function parseBytes(bytes: Uint8Array, line: number): RecordedFrame | string | undefined {
  let text: string
  try {
    text = decoder.decode(bytes)
  } catch {
    return 'not UTF-8'
  }
  return text.trim() === '' ? undefined : parseRecordingLine(text, line)
}

/** The lines of a file as bytes, without their ends; what follows the last line end counts when it is not empty. */
function* readLines(file: string): Generator<Uint8Array | 'too long', void, undefined> {
  const descriptor = guardRead(file, () => openSync(file, 'r'))
  try {
    let parts: Buffer[] = []
    let length = 0
    const take = (): Uint8Array | 'too long' => {
      const taken = length > maxLineBytes ? 'too long' : Buffer.concat(parts)
      parts = []
      length = 0
      return taken
    }
    const keep = (part: Buffer): void => {
      length += part.length
      if (length <= maxLineBytes) parts.push(part)
    }
    for (;;) {
      const buffer = Buffer.allocUnsafe(chunkBytes)
      const read = guardRead(file, () => readSync(descriptor, buffer, 0, chunkBytes, null))
      if (read === 0) break
      let from = 0
      for (let end = buffer.indexOf(10, from); end >= 0 && end < read; end = buffer.indexOf(10, from)) {
        keep(buffer.subarray(from, end))
        yield take()
        from = end + 1
      }
      keep(buffer.subarray(from, read))
    }
    if (length > 0) yield take()
  } finally {
    closeSync(descriptor)
  }
}

function guardRead<T>(file: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new TrinityError('TRN_RECORDING_INVALID', `${file} can't be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
