import type { MarketTrade, TradeBatch } from './market.ts'

/** A trade as a frame writes it. */
export interface WrittenTrade {
  readonly id: string
  readonly price: string
}

/** A venue's frame, and what a decoder has to find in it. */
export interface FeedFrame {
  readonly text: string
  readonly trades: readonly WrittenTrade[]
}

/** How a venue writes trades of one symbol into a frame. */
export interface FrameShape {
  /** The most trades that the bench puts into one frame. */
  readonly most: number
  /** @param sequence number of the frame on its connection */
  write(trades: TradeBatch, symbol: string, sequence: number): FeedFrame
}

/** Batches of a quarter second, newest trade first; `side` is the maker's. */
const coinbase: FrameShape = {
  most: 3,
  write(trades, symbol, sequence) {
    const rows = trades.toReversed().map((trade) => ({
      product_id: symbol,
      trade_id: String(1_100_000_000 + trade.sequence),
      price: trade.price,
      size: withoutEndZeros(trade.size),
      time: `${withoutEndZeros(rfc3339(trade))}Z`,
      side: trade.takerBuys ? 'SELL' : 'BUY',
    }))
    const timestamp = `${rfc3339(trades[0])}008Z`
    const text = JSON.stringify({ channel: 'market_trades', timestamp, sequence_num: sequence, events: [{ type: 'update', trades: rows }] })
    return { text, trades: rows.map(({ trade_id: id, price }) => ({ id, price })) }
  },
}

const gemini: FrameShape = {
  most: 1,
  write([trade], symbol) {
    const id = String(2_840_000_000_000_000 + trade.sequence)
    const price = `${trade.price}000`
    // The nanoseconds have more digits than a double holds, so no JSON.stringify.
    const text = `{"E":${trade.atMicros}007,"s":"${symbol}","t":${id},"p":"${price}","q":"${trade.size}00","m":${!trade.takerBuys}}`
    return { text, trades: [{ id, price }] }
  },
}

/** What Gemini sent on api.gemini.com before ws.gemini.com. */
const geminiMarketDataV2: FrameShape = {
  most: 1,
  write([trade], symbol) {
    const { price, takerBuys, size } = trade
    const id = 122_258_166_738 + trade.sequence
    const timestamp = wholeMs(trade)
    const side = takerBuys ? 'buy' : 'sell'
    const row = { type: 'trade', symbol: symbol.toUpperCase(), event_id: id, timestamp, price, quantity: withoutEndZeros(size), side }
    return { text: JSON.stringify(row), trades: [{ id: String(id), price }] }
  },
}

/** Bare JSON numbers with zeros at their ends, oldest trade first. */
const kraken: FrameShape = {
  most: 2,
  write(trades, symbol) {
    const written = trades.map(({ sequence, price }) => ({ id: String(64_175_815 + sequence), price }))
    const rows = trades.map(
      (trade, i) =>
        `{"symbol":"${symbol}","side":"${trade.takerBuys ? 'buy' : 'sell'}","price":${trade.price},"qty":${trade.size},` +
        `"ord_type":"limit","trade_id":${written[i]?.id},"timestamp":"${rfc3339(trade)}Z"}`,
    )
    return { text: `{"channel":"trade","type":"update","data":[${rows.join(',')}]}`, trades: written }
  },
}

const gateio: FrameShape = {
  most: 1,
  write([trade], symbol) {
    const [stock, money] = symbol.split('_')
    const id = 217_000_001 + trade.sequence
    const ms = wholeMs(trade)
    const seconds = Math.floor(ms / 1000)
    const price = withoutEndZeros(trade.price)
    const result = {
      id,
      id_market: id,
      create_time: seconds,
      create_time_ms: `${ms}.${microsOfMs(trade)}000`,
      side: trade.takerBuys ? 'buy' : 'sell',
      currency_pair: symbol,
      amount: withoutEndZeros(trade.size),
      price,
      range: `${id}-${id}`,
      stock,
      money,
      trade_mode: 0,
    }
    const text = JSON.stringify({ time: seconds, time_ms: ms + 10, channel: 'spot.trades', event: 'update', result })
    return { text, trades: [{ id: String(id), price }] }
  },
}

/** Newest trade first. */
const cryptocom: FrameShape = {
  most: 2,
  write(trades, symbol) {
    const rows = trades.toReversed().map((trade) => {
      const ms = wholeMs(trade)
      return {
        d: `${ms}${String(trade.sequence % 1_000_000).padStart(6, '0')}`,
        t: ms,
        p: withoutEndZeros(trade.price),
        q: withoutEndZeros(trade.size),
        s: trade.takerBuys ? 'BUY' : 'SELL',
        i: symbol,
        m: `46116860184${String(trade.sequence).padStart(8, '0')}`,
      }
    })
    const result = { instrument_name: symbol, subscription: `trade.${symbol}`, channel: 'trade', data: rows }
    return { text: JSON.stringify({ id: -1, method: 'subscribe', code: 0, result }), trades: rows.map(({ d: id, p: price }) => ({ id, price })) }
  },
}

const okx: FrameShape = {
  most: 1,
  write([trade], symbol) {
    const tradeId = String(1_050_000_001 + trade.sequence)
    const px = withoutEndZeros(trade.price)
    const sz = withoutEndZeros(trade.size)
    const side = trade.takerBuys ? 'buy' : 'sell'
    const seqId = 80_000_000_001 + trade.sequence * 3
    const row = { instId: symbol, tradeId, px, sz, side, ts: String(wholeMs(trade)), count: '1', source: '0', seqId }
    return { text: JSON.stringify({ arg: { channel: 'trades', instId: symbol }, data: [row] }), trades: [{ id: tradeId, price: px }] }
  },
}

/** Frames in the documented shapes of today's protocols, by venue. */
export const frameShapes = { coinbase, gemini, kraken, gateio, cryptocom, okx }

/** The venues that the bench writes frames for. */
export type Venue = keyof typeof frameShapes

/** What ccxt reads where it speaks only an older protocol of the venue. */
export const ccxtShapes: Readonly<Partial<Record<Venue, FrameShape>>> = { gemini: geminiMarketDataV2 }

/** `2026-09-21T14:13:21.577543`, to the microsecond. */
function rfc3339(trade: MarketTrade): string {
  return new Date(wholeMs(trade)).toISOString().slice(0, -1) + microsOfMs(trade)
}

function wholeMs(trade: MarketTrade): number {
  return Math.floor(trade.atMicros / 1000)
}

/** The three digits after the millisecond. */
function microsOfMs(trade: MarketTrade): string {
  return String(trade.atMicros % 1000).padStart(3, '0')
}

/** `60000.50` as `60000.5`, `60000.00` as `60000`. */
function withoutEndZeros(text: string): string {
  return text.replace(/\.?0+$/, '')
}
