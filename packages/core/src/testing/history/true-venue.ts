import type { FakeClock } from '../fake/fake-clock.ts'
import type { Connector, FeedEvent, ListedSymbol, RestPrices, RestRejection } from '../../connector.ts'
import type { RestResponse, Socket, SocketHandlers } from '../../transport.ts'
import { plainFrame, plainTick, plainVenue, readPlainRequest } from '../fake/plain-venue.ts'
import type { Chance } from './chance.ts'
import type { EvidenceLog } from './evidence-log.ts'
import { TrueMarket, type TrueMarketOptions, type TrueTrade } from './true-market.ts'

/** What REST bodies of a venue show, and how old they are. */
export interface TrueRest {
  /** Whether each row has the time and the id of its trade. */
  readonly timed: boolean
  /** Whether a body says when it was made. */
  readonly saysMadeAt: boolean
  /** Oldest that a body can be, milliseconds; declared in the connector where the bodies don't say it. */
  readonly maxBodyAgeMs: number
  readonly everyMs: number
}

/** How a venue is and what goes wrong with it. */
export interface TrueVenueOptions {
  readonly name: string
  readonly markets: readonly TrueMarketOptions[]
  readonly rest: TrueRest
  /** Milliseconds on the way, one way. */
  readonly wayMs: number
  readonly sendsSnapshots: boolean
  /** Shares of live frames. */
  readonly lost: number
  readonly late: number
  readonly doubled: number
  /** Share of REST requests. */
  readonly failed: number
}

interface Connection {
  readonly handlers: SocketHandlers
  readonly symbols: Set<string>
  isOpen: boolean
}

/** A live frame that has not come yet. */
interface FrameUnderWay {
  /** True UTC. */
  readonly arrivesAt: number
  arrive(): void
  cancel(): void
}

const latestFrameMs = 15_000

/** A venue as it is in truth: its trades happen, and frames and bodies of them come to the node in all the ways in which they can. */
export class TrueVenue {
  readonly options: TrueVenueOptions
  readonly markets: readonly TrueMarket[]
  readonly connector: Connector
  readonly #clock: FakeClock
  readonly #trueUtc: () => number
  readonly #chance: Chance
  readonly #log: EvidenceLog
  readonly #connections = new Set<Connection>()
  #backlog = { since: -Infinity, from: -Infinity, lastsMs: 0 }
  readonly #underWay = new Set<FrameUnderWay>()

  constructor(options: TrueVenueOptions, clock: FakeClock, trueUtc: () => number, chance: Chance, log: EvidenceLog) {
    this.options = options
    this.#clock = clock
    this.#trueUtc = trueUtc
    this.#chance = chance
    this.#log = log
    this.markets = options.markets.map((market) => new TrueMarket(market, chance))
    this.connector = makeConnector(options)
  }

  /** Trades of the past, then some all the time. */
  start(): void {
    const now = this.#trueUtc()
    for (const market of this.markets) {
      const past = Array.from({ length: 40 }, () => now - this.#chance.between(0, 700_000)).sort((a, b) => a - b)
      for (const at of past) market.trade(at)
      this.#tradeLater(market)
    }
  }

  connect(handlers: SocketHandlers): Socket {
    const connection: Connection = { handlers, symbols: new Set(), isOpen: false }
    this.#after(this.options.wayMs, () => {
      if (this.#isGone(connection)) return
      connection.isOpen = true
      handlers.onOpen()
    })
    this.#connections.add(connection)
    const close = (): void => this.#end(connection, 1000)
    return { send: (frame) => this.#onRequest(connection, readPlainRequest(frame)), close, terminate: close }
  }

  /** Ends every connection. */
  cut(): void {
    for (const connection of this.#connections) {
      connection.isOpen = false
      this.#connections.delete(connection)
      connection.handlers.onClose({ code: 1006, reason: 'cut' })
    }
  }

  /**
   * What happened while the node slept: frames that came meanwhile have waited, if the connections live. Where the network sends them again it
   * takes `backlogMs` until all have come, in their order, and later ones come after them.
   */
  wake(sleptMs: number, backlogMs: number): void {
    const now = this.#trueUtc()
    const before = now - sleptMs
    this.#backlog = { since: before, from: now, lastsMs: backlogMs }
    for (const frame of this.#underWay) {
      frame.cancel()
      this.#schedule(frame)
    }
    for (const market of this.markets) {
      if (market.isHalted) continue
      const count = Math.min(30, Math.floor(sleptMs / market.options.tradeEveryMs))
      const times = Array.from({ length: count }, () => before + this.#chance.between(0, sleptMs)).sort((a, b) => a - b)
      for (const at of times) this.#send(market.trade(at))
    }
  }

  async request(url: string): Promise<RestResponse> {
    const askedAt = this.#trueUtc()
    await this.#pause(this.#onTheWay())
    if (this.#chance.happens(this.options.failed)) {
      await this.#pause(this.#chance.between(0, 3000))
      return { status: 500, body: 'down' }
    }
    return url.endsWith('/list') ? this.#answerListing(askedAt) : this.#answerPrices(askedAt)
  }

  async #answerListing(askedAt: number): Promise<RestResponse> {
    const listed: ListedSymbol[] = this.markets.map(({ options, isHalted }) => ({ symbol: options.symbol, state: isHalted ? 'halted' : 'trading' }))
    await this.#pause(this.#onTheWay())
    for (const { symbol, state } of listed) this.#log.sawListing(this.options.name, symbol, state === 'halted', askedAt)
    return { status: 200, body: JSON.stringify(listed) }
  }

  async #answerPrices(askedAt: number): Promise<RestResponse> {
    const { name, rest } = this.options
    const isFresh = this.#chance.happens(0.4)
    const madeAt = isFresh ? this.#trueUtc() : askedAt - this.#chance.between(0, rest.maxBodyAgeMs)
    const shown = this.markets.flatMap((market) => market.lastAsOf(madeAt) ?? [])
    await this.#pause(this.#onTheWay())
    const declaredAgeMs = rest.saysMadeAt ? undefined : rest.maxBodyAgeMs
    for (const trade of shown) this.#log.sawReading(name, trade, { madeAt, askedAt, declaredAgeMs, isTimed: rest.timed })
    const ticks = shown.map((trade) => plainTick(trade.symbol, trade.price, rest.timed ? { at: trade.at, id: trade.id } : { at: undefined }))
    const errorMs = this.markets[0]?.options.venueClockErrorMs ?? 0
    return { status: 200, body: JSON.stringify(rest.saysMadeAt ? { ticks, madeAt: madeAt + errorMs } : { ticks }) }
  }

  #tradeLater(market: TrueMarket): void {
    this.#after(this.#chance.pauseMs(market.options.tradeEveryMs), () => {
      if (!market.isHalted) this.#send(market.trade(this.#trueUtc()))
      this.#tradeLater(market)
    })
  }

  /** The frame of a live trade on its way to everybody who has subscribed by now. */
  #send(trade: TrueTrade): void {
    const { lost, late, doubled } = this.options
    for (const connection of this.#connections) {
      if (!connection.symbols.has(trade.symbol)) continue
      if (!this.#chance.happens(lost)) this.#deliver(connection, trade, this.#chance.happens(late) ? this.#chance.between(0, latestFrameMs) : 0)
      if (this.#chance.happens(doubled)) this.#deliver(connection, trade, this.#chance.between(0, latestFrameMs))
    }
  }

  #deliver(connection: Connection, trade: TrueTrade, lateMs: number): void {
    const arrive = (): void => {
      if (this.#isGone(connection)) return
      this.#log.sawLive(this.options.name, trade)
      connection.handlers.onFrame(plainFrame(plainTick(trade.symbol, trade.price, { at: trade.at, id: trade.id })))
    }
    this.#schedule({ arrivesAt: trade.happenedAt + this.#onTheWay() + lateMs, arrive, cancel: () => undefined })
  }

  #schedule(frame: FrameUnderWay): void {
    const waitMs = frame.arrivesAt - this.#trueUtc()
    this.#underWay.add(frame)
    // What came during a sleep is read soon after it.
    const readAfterMs = waitMs >= 0 ? waitMs : this.#chance.between(0, 300)
    frame.cancel = this.#clock.after(Math.max(readAfterMs, this.#waitInBacklogMs(frame.arrivesAt)), () => {
      this.#underWay.delete(frame)
      frame.arrive()
    })
  }

  /** How long a frame waits for those before it that the network sends again. */
  #waitInBacklogMs(arrivesAt: number): number {
    const { since, from, lastsMs } = this.#backlog
    if (arrivesAt >= from + lastsMs) return 0
    const share = (arrivesAt - since) / (from + lastsMs - since)
    return Math.max(0, from + share * lastsMs - this.#trueUtc())
  }

  #onRequest(connection: Connection, { subscribe = [], unsubscribe = [] }: ReturnType<typeof readPlainRequest>): void {
    for (const symbol of unsubscribe) connection.symbols.delete(symbol)
    if (subscribe.length === 0) return
    const askedAt = this.#trueUtc()
    this.#after(this.#onTheWay(), () => {
      for (const symbol of subscribe) connection.symbols.add(symbol)
      const madeAt = this.#trueUtc()
      const shown = this.options.sendsSnapshots ? this.markets.filter(({ options }) => subscribe.includes(options.symbol)) : []
      const trades = shown.flatMap((market) => market.trades.filter(({ happenedAt }) => happenedAt <= madeAt).slice(-3))
      this.#after(this.#onTheWay(), () => {
        if (this.#isGone(connection)) return
        for (const trade of trades) {
          const isLast = trades.findLast(({ symbol }) => symbol === trade.symbol) === trade
          this.#log.sawSnapshot(this.options.name, trade, { madeAt: isLast ? madeAt : trade.happenedAt, askedAt })
        }
        const ticks: FeedEvent[] = trades.map(({ symbol, price, at, id }) => plainTick(symbol, price, { at, id, backfill: true }))
        connection.handlers.onFrame(plainFrame(...subscribe.map((symbol) => ({ kind: 'ack', symbol }) as const), ...ticks))
      })
    })
  }

  #end(connection: Connection, code: number): void {
    if (!this.#connections.delete(connection)) return
    connection.isOpen = false
    this.#after(0, () => connection.handlers.onClose({ code, reason: '' }))
  }

  #isGone(connection: Connection): boolean {
    return !this.#connections.has(connection)
  }

  #onTheWay(): number {
    return this.options.wayMs + this.#chance.between(0, this.options.wayMs)
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#after(ms, resolve))
  }

  #after(ms: number, action: () => void): void {
    this.#clock.after(ms, action)
  }
}

function makeConnector({ name, markets, rest }: TrueVenueOptions): Connector {
  const url = `https://${name}.test`
  return plainVenue({
    name,
    urls: [`wss://${name}.test`],
    heartbeat: { silenceMs: 1e9 },
    rest: {
      everyMs: rest.everyMs,
      limit: { count: 10, perMs: 1000 },
      ...(rest.saysMadeAt ? {} : { bodyAgeMs: rest.maxBodyAgeMs }),
      request: () => [{ url: `${url}/last` }],
      decode: (body) => JSON.parse(body) as RestPrices | RestRejection,
      list: { request: () => ({ url: `${url}/list` }), decode: (body) => JSON.parse(body) as ListedSymbol[] },
    },
    toSymbol: ({ base, quote }) => (markets.some(({ symbol }) => symbol === `${base}-${quote}`) ? `${base}-${quote}` : `${base}-none`),
  })
}
