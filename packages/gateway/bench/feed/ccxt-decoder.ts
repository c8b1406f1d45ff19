import { type Trade, pro } from 'ccxt'
import type { FrameDecoder } from './decoder.ts'
import type { Venue } from './frame-shapes.ts'

const { coinbase, gemini, kraken, gate: gateio, cryptocom, okx } = pro
const exchangeClasses = { coinbase, gemini, kraken, gateio, cryptocom, okx } satisfies Record<Venue, unknown>

/** A market that frames name by its id. */
export interface CcxtMarket {
  readonly id: string
  readonly base: string
  readonly quote: string
}

/**
 * JSON.parse and ccxt's own message handler with all it does: unified trades, caches of the default size, which are full
 * as in a process that has run for a while. Its client never connects, and nobody waits for a trade.
 */
export function ccxtDecoder(venue: Venue, markets: readonly CcxtMarket[]): FrameDecoder {
  const exchange = new exchangeClasses[venue]()
  exchange.setMarkets(markets.map(spotMarket))
  const client = exchange.client('wss://unused.invalid')
  const handle = (frame: string): void => exchange.handleMessage(client, JSON.parse(frame))

  return {
    decodeAll(frames) {
      for (const frame of frames) handle(frame)
      return frames.length
    },
    read(frame) {
      exchange.trades = {}
      handle(frame)
      const trades: readonly Trade[] = Object.values(exchange.trades).flat()
      return trades.map(({ id, price }) => ({ id, price: price ?? '' }))
    },
  }
}

function spotMarket({ id, base, quote }: CcxtMarket): object {
  return { id, symbol: `${base}/${quote}`, base, quote, baseId: base, quoteId: quote, type: 'spot', spot: true, active: true }
}
