import type { Connector, Frame, Tick } from '../../connector.ts'
import { FeedSupervisor } from '../../feed/supervisor.ts'
import { frameText } from '../../frame/read-object.ts'
import { FakeClock } from '../fake/fake-clock.ts'
import { type FakeSocket, FakeTransport } from '../fake/fake-transport.ts'
import { type ConnectorFixtures, incomingFrames } from '../fixtures.ts'
import { namesSymbol } from '../tokens.ts'

/** Shorter than any venue's limit of silence. */
const stepMs = 100

/** A connector in the real engine, on a clock and a transport of ours. */
export class SessionRig {
  readonly clock = new FakeClock()
  readonly transport = new FakeTransport(this.clock)
  readonly feed: FeedSupervisor
  readonly symbols: readonly string[]
  /** Subscription requests in the order they were built. */
  readonly asked: { readonly id: number; readonly symbols: readonly string[] }[] = []
  readonly ticks: Tick[] = []
  readonly troubles: string[] = []
  readonly #quietFrame: Frame
  readonly #subscriptions = new Set<Frame>()

  constructor(connector: Connector, fixtures: ConnectorFixtures, symbols: readonly string[]) {
    this.symbols = symbols
    this.#quietFrame = incomingFrames(fixtures).find(({ events }) => events.every(({ kind }) => kind === 'alive'))?.frame ?? '{}'
    const spied: Connector = {
      ...connector,
      subscribe: (part, context) => {
        this.asked.push({ id: context.id, symbols: part })
        const frames = connector.subscribe(part, context)
        for (const frame of frames) this.#subscriptions.add(frame)
        return frames
      },
    }
    this.feed = new FeedSupervisor(spied, { transport: this.transport, clock: this.clock, random: () => 0.5 })
    this.feed.on('tick', (tick) => this.ticks.push(tick))
    this.feed.on('trouble', (reason) => this.troubles.push(reason))
    this.feed.setSymbols(symbols)
  }

  /** Opens whatever wants to connect. */
  open(): void {
    for (const socket of this.transport.sockets) if (socket.state === 'connecting') socket.open()
  }

  /** Lets time pass with signs of life on every open connection, until `done` or the limit. */
  run(limitMs: number, done: () => boolean = () => false): boolean {
    const end = this.clock.now() + limitMs
    while (!done()) {
      if (this.clock.now() >= end) return false
      this.clock.advance(Math.min(stepMs, end - this.clock.now()))
      for (const socket of this.transport.sockets) if (socket.state === 'open') socket.deliver(this.#quietFrame)
    }
    return true
  }

  /** Opens the connections and lets time pass until every symbol was asked for. */
  openAndAsk(limitMs = 8000): boolean {
    this.open()
    return this.run(limitMs, () => this.symbols.every((symbol) => this.transport.sockets.some((socket) => this.hasAsked(socket, symbol))))
  }

  /** Whether a subscription that was sent on a connection names a symbol. */
  hasAsked(socket: FakeSocket, symbol: string): boolean {
    return socket.sent.some(({ what }) => this.#subscriptions.has(what) && namesSymbol(frameText(what), symbol))
  }

  stop(): void {
    this.feed.stop()
  }
}
