import { once } from 'node:events'
import { type WriteStream, createWriteStream } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Clock, type Connector, FeedSupervisor, type Transport } from '@trinity/core'
import { recordingTransport } from './recording-transport.ts'

/** What a recording holds so far. */
export interface RecordingCounts {
  frames: number
  trades: number
  reconnects: number
}

/** What to record. */
export interface RecorderParts {
  readonly connector: Connector
  /** Where the lines go; an existing file is refused. */
  readonly file: string
  readonly transport: Transport
  readonly clock: Clock
  /** Hears why a connection was cut or a symbol refused. */
  onNotice(notice: string): void
  /** Hears when the file can take no more, as on a full disk; nothing is recorded from then on. */
  onFailure(error: Error): void
}

/** Writes a live feed to a file in the format that a replay reads: every frame, both ways, as it was on the wire. */
export class Recorder {
  readonly counts: RecordingCounts = { frames: 0, trades: 0, reconnects: 0 }
  readonly #parts: RecorderParts
  readonly #feed: FeedSupervisor
  #stream: WriteStream | undefined
  #isOwnFile = false

  constructor(parts: RecorderParts) {
    this.#parts = parts
    const { connector, clock, onNotice } = parts
    const transport = recordingTransport(parts.transport, clock, (at, dir, frame) => {
      this.counts.frames++
      this.#stream?.write(`${JSON.stringify({ at, dir, frame })}\n`)
    })
    this.#feed = new FeedSupervisor(connector, { transport, clock })
    this.#feed.on('tick', ({ at }) => {
      if (at !== undefined) this.counts.trades++
    })
    this.#feed.on('cut', (_symbols, reason, retryInMs) => {
      this.counts.reconnects++
      onNotice(`connection lost (${reason}); next attempt in ${(retryInMs / 1000).toFixed(1)} s`)
    })
    this.#feed.on('reject', (symbol, reason) => onNotice(`${symbol} refused: ${reason}`))
  }

  /** Makes the file, and its folder where there is none. @throws Error when the file exists or can't be written */
  async open(): Promise<void> {
    const { file } = this.#parts
    await mkdir(dirname(file), { recursive: true })
    const stream = createWriteStream(file, { flags: 'wx' })
    await once(stream, 'open')
    this.#stream = stream
    this.#isOwnFile = true
    stream.on('error', (error) => {
      this.#stream = undefined
      this.#feed.stop()
      this.#parts.onFailure(error)
    })
  }

  /** Opens the feed; what passes is recorded until `stop`. */
  start(symbols: readonly string[]): void {
    this.#feed.setSymbols(symbols)
  }

  /** Ends the feed; resolves when every line is in the file. One without any line is removed. */
  async stop(): Promise<void> {
    this.#feed.stop()
    const { file } = this.#parts
    const stream = this.#stream
    this.#stream = undefined
    if (stream !== undefined) {
      stream.end()
      await once(stream, 'close')
    }
    const left = this.#isOwnFile ? await stat(file).catch(() => undefined) : undefined
    if (left?.size === 0) await rm(file)
    this.#isOwnFile = false
  }
}
