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
 * JSON.parse and ccxt's own message handler with all that it does: unified trades in caches of the default size, 1000 a
 * symbol. The caches are `full`, as after some minutes of a busy symbol, when each trade pushes one out; or they are
 * emptied so often that they stay `fresh`, as just after a start. Its client never connects, and nobody waits for a trade.
 */
export function ccxtDecoder(venue: Venue, markets: readonly CcxtMarket[], caches: 'full' | 'fresh'): FrameDecoder {
  const exchange = new exchangeClasses[venue]()
  exchange.setMarkets(markets.map(spotMarket))
  const client = exchange.client('wss://unused.invalid')
  const emptyEvery = caches === 'fresh' ? 500 : Infinity
  let untilEmptied = emptyEvery

  function decode(frame: string): void {
    if (untilEmptied-- === 0) {
      exchange.trades = {}
      untilEmptied = emptyEvery
    }
    exchange.handleMessage(client, JSON.parse(frame))
  }

  return {
    decodeAll(frames) {
      for (const frame of frames) decode(frame)
      return frames.length
    },
    read(frame) {
      exchange.trades = {}
      decode(frame)
      const trades: readonly Trade[] = Object.values(exchange.trades).flat()
      return trades.map(({ id, price }) => ({ id, price: price ?? '' }))
    },
  }
}

function spotMarket({ id, base, quote }: CcxtMarket): object {
  return { id, symbol: `${base}/${quote}`, base, quote, baseId: base, quoteId: quote, type: 'spot', spot: true, active: true }
}
