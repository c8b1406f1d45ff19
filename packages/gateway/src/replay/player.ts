import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Clock } from '@trinity/core'
import { type WebSocket, WebSocketServer } from 'ws'
import { writeCue } from './play-cue.ts'
import type { RecordedPlay } from './recorded-play.ts'

/**
 * Plays recordings over a real WebSocket on loopback: `/VENUE` sends the venue's files one after another at recorded pace,
 * and begins anew after the last. A venue starts to play when its first client connects.
 */
export class Player {
  readonly #plays: ReadonlyMap<string, readonly RecordedPlay[]>
  readonly #speed: number
  readonly #clock: Clock
  readonly #clients = new Map<string, Set<WebSocket>>()
  readonly #playing = new Set<string>()
  readonly #cancels = new Map<string, () => void>()
  #server: WebSocketServer | undefined

  /** @param plays what to play, by venue; venues without plays never speak */
  constructor(plays: ReadonlyMap<string, readonly RecordedPlay[]>, speed: number, clock: Clock) {
    this.#plays = plays
    this.#speed = speed
    this.#clock = clock
  }

  /** Opens a free loopback port; resolves with the address that `/VENUE` is added to. */
  async start(): Promise<string> {
    this.#server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
    this.#server.on('connection', (socket, request) => this.#join((request.url ?? '').slice(1), socket))
    await once(this.#server, 'listening')
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Whether a venue's recording runs. */
  isPlaying(venue: string): boolean {
    return this.#playing.has(venue)
  }

  async stop(): Promise<void> {
    for (const cancel of this.#cancels.values()) cancel()
    for (const clients of this.#clients.values()) for (const client of clients) client.terminate()
    await new Promise<void>((resolve) => {
      if (this.#server === undefined) resolve()
      else this.#server.close(() => resolve())
    })
  }

  #join(venue: string, socket: WebSocket): void {
    const clients = this.#clients.get(venue) ?? new Set()
    this.#clients.set(venue, clients.add(socket))
    socket.on('close', () => clients.delete(socket))
    socket.on('error', () => socket.terminate())
    socket.on('message', () => undefined)
    const plays = this.#plays.get(venue) ?? []
    if (plays.length === 0 || this.#playing.has(venue)) return
    this.#playing.add(venue)
    this.#playFile(venue, plays, 0, this.#clock.now())
  }

  #playFile(venue: string, plays: readonly RecordedPlay[], index: number, orderBase: number): void {
    const play = plays[index % plays.length]
    if (play === undefined) return
    const startedAt = this.#clock.now()
    this.#send(venue, writeCue({ startedAt, startAt: play.startAt, earliestAt: play.earliestAt, speed: this.#speed, orderBase }))
    this.#playFrom(venue, play, 0, startedAt, () => this.#playFile(venue, plays, index + 1, orderBase + play.spanMs + 1))
  }

  /** Sends what is due and waits for the next; the timer also parts two files, so that an empty wait can't recurse for ever. */
  #playFrom(venue: string, play: RecordedPlay, from: number, startedAt: number, onEnd: () => void): void {
    let next = from
    for (let frame = play.frames[next]; frame !== undefined; frame = play.frames[next]) {
      const waitMs = startedAt + frame.afterMs / this.#speed - this.#clock.now()
      if (waitMs > 0) {
        this.#cancels.set(
          venue,
          this.#clock.after(waitMs, () => this.#playFrom(venue, play, next, startedAt, onEnd)),
        )
        return
      }
      this.#send(venue, frame.frame)
      next++
    }
    this.#cancels.set(venue, this.#clock.after(fileGapMs, onEnd))
  }

  #send(venue: string, frame: string): void {
    for (const client of this.#clients.get(venue) ?? []) if (client.readyState === client.OPEN) client.send(frame)
  }
}

/** Between the last frame of a file and the next file, so that its final prices can be seen. */
const fileGapMs = 1000
