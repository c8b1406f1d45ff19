import { createReadStream, statSync } from 'node:fs'
import { BackfillMarker, type Connector, type FeedEvent, TrinityError, readObject } from '@trinity/core'
import { parseRecordingLine } from '@trinity/core/testing'
import { type Command } from 'commander'
import { type ConnectorSet, tickersOf } from '../connector-set.ts'
import { findConnector } from '../connectors.ts'
import { loadConnectors } from '../load-connectors.ts'
import { readConnectorNames } from '../settings/settings.ts'
import { indexSymbols } from '../venues/symbol-index.ts'

/** Adds `trinity decode`. */
export function addDecode(program: Command): void {
  program
    .command('decode')
    .description('Print the trades in recorded or raw frames, one JSON line each, digit for digit.')
    .argument('<exchange>', 'whose frames they are')
    .argument('[file]', 'recording lines or raw frames; standard input without it')
    .action(async (exchange: string, file: string | undefined) => {
      const set = await loadConnectors(readConnectorNames(process.env))
      await decodeLines(findConnector(exchange, set.connectors), set, file)
    })
}

async function decodeLines(connector: Connector, set: ConnectorSet, file: string | undefined): Promise<void> {
  if (file !== undefined && statSync(file, { throwIfNoEntry: false })?.isDirectory() !== false)
    throw new TrinityError('TRN_RECORDING_INVALID', `${file}: there is no such file.`)
  const input = file === undefined ? process.stdin : createReadStream(file)
  const assets = indexSymbols(connector, tickersOf(set))
  const marker = new BackfillMarker(connector)
  let broken = 0
  for await (const line of splitLines(input)) {
    const events = decodeLine(connector, line)
    if (events === undefined) broken++
    let output = ''
    for (const event of marker.mark(events ?? [])) {
      if (event.kind !== 'tick' || event.at === undefined) continue
      const { symbol, price, size = null, at, id = null, backfill } = event
      output += `${JSON.stringify({ symbol, asset: assets.get(symbol)?.asset ?? null, price, size, at, id, backfill })}\n`
    }
    if (output !== '' && !process.stdout.write(output)) await new Promise((resolve) => process.stdout.once('drain', resolve))
  }
  if (broken > 0) process.stderr.write(`${broken} broken ${broken === 1 ? 'line was' : 'lines were'} left out.\n`)
}

/** Lines ended by line feeds alone: the separators that readline also takes may stand inside JSON texts. */
async function* splitLines(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of input) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line
  }
  if (rest !== '') yield rest
}

/** What a line means: a recorded incoming frame, or else the line itself as a frame; undefined for a broken one. */
function decodeLine(connector: Connector, line: string): readonly FeedEvent[] | undefined {
  if (line.trim() === '') return []
  const recorded = parseRecordingLine(line)
  if (typeof recorded !== 'string') return recorded.dir === 'in' ? connector.decode(recorded.frame) : []
  const raw = readObject(line)
  if (raw !== undefined) return 'frame' in raw || 'dir' in raw ? undefined : connector.decode(line)
  const events = connector.decode(line)
  return events.length > 0 || line.startsWith('[') ? events : undefined
}
