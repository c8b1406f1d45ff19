import { createReadStream, statSync } from 'node:fs'
import { BackfillMarker, type Connector, type FeedEvent, TrinityError, readObject } from '@trinity/core'
import { parseRecordingLine } from '@trinity/core/testing'
import { type Command } from 'commander'
import { type ConnectorSet, tickersOf } from '../connector-set.ts'
import { findConnector } from '../connectors.ts'
import { loadConnectors } from '../load-connectors.ts'
import { readConnectorNames } from '../settings/settings.ts'
import { indexSymbols } from '../venues/symbol-index.ts'
import { BrokenLines } from './broken-lines.ts'

/** Adds `trinity decode`. */
export function addDecode(program: Command): void {
  program
    .command('decode')
    .description('Print the trades in recorded or raw frames, one JSON line each, digit for digit. Broken lines are named and counted.')
    .argument('<exchange>', 'whose frames they are')
    .argument('[file]', 'recording lines or raw frames; standard input without it')
    .action(async (exchange: string, file: string | undefined) => {
      const set = await loadConnectors(readConnectorNames(process.env))
      await decodeLines(findConnector(exchange, set.connectors), set, file)
    })
}

async function decodeLines(connector: Connector, set: ConnectorSet, file: string | undefined): Promise<void> {
  const found = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false })
  if (file !== undefined && found?.isDirectory() !== false)
    throw new TrinityError('TRN_RECORDING_INVALID', `${file}: ${found === undefined ? 'there is no such file' : 'that is a folder; name a file'}.`)
  const input = file === undefined ? process.stdin : createReadStream(file)
  const assets = indexSymbols(connector, set.names, tickersOf(set))
  const marker = new BackfillMarker(connector)
  const broken = new BrokenLines()
  let line = 0
  let trades = 0
  for await (const bytes of splitLines(input)) {
    line++
    const events = decodeLine(connector, bytes)
    if (typeof events === 'string') {
      broken.add(line, events)
      continue
    }
    let output = ''
    for (const event of marker.mark(events)) {
      if (event.kind !== 'tick' || event.at === undefined) continue
      trades++
      const { symbol, price, size = null, at, id = null, backfill } = event
      output += `${JSON.stringify({ symbol, asset: assets.get(symbol)?.asset ?? null, price, size, at, id, backfill })}\n`
    }
    if (output !== '' && !process.stdout.write(output)) await new Promise((resolve) => process.stdout.once('drain', resolve))
  }
  if (trades === 0 && broken.count === 0) {
    const source = file ?? 'standard input'
    process.stderr.write(`${source}: no trades of ${connector.name} in ${line} lines; whose frames are they?\n`)
  }
  if (broken.count > 0) process.stderr.write(`${broken.describe(file ?? 'standard input')}\n`)
}

const lineFeed = 10

/** Lines ended by line feeds alone: the separators that readline also takes may stand inside JSON texts. */
async function* splitLines(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = []
  for await (const chunk of input) {
    let from = 0
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, from)) {
      yield Buffer.concat([...parts, chunk.subarray(from, end)])
      parts = []
      from = end + 1
    }
    if (from < chunk.length) parts.push(chunk.subarray(from))
  }
  if (parts.length > 0) yield Buffer.concat(parts)
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** What a line means: a recorded incoming frame, or else the line itself as a frame; for a broken one the reason, in words. */
function decodeLine(connector: Connector, bytes: Uint8Array): readonly FeedEvent[] | string {
  let line: string
  try {
    line = decoder.decode(bytes).replace(/\r$/, '')
  } catch {
    return 'not UTF-8'
  }
  if (line.trim() === '') return []
  const recorded = parseRecordingLine(line)
  if (typeof recorded !== 'string') return recorded.dir === 'in' ? (decodeFrame(connector, recorded.frame) ?? 'its frame is broken') : []
  const raw = readObject(line)
  if (raw !== undefined && ('frame' in raw || 'dir' in raw)) return recorded
  return decodeFrame(connector, line) ?? 'neither a recorded line nor a frame'
}

/** A frame that means nothing, not even a sign of life, must at least be JSON; undefined for a broken one. */
function decodeFrame(connector: Connector, frame: string): readonly FeedEvent[] | undefined {
  const events = connector.decode(frame)
  return events.length > 0 || isJson(frame) ? events : undefined
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object'
  } catch {
    return false
  }
}
