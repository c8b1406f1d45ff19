import { readObject } from '@trinity/core'
import { type DialectContext, type SimulatedMarket, type SimulatedQuote, type SimulatedTrade, defineSimulator } from '@trinity/core/simulation'
import { coinbase } from './index.ts'

const products = '/api/v3/brokerage/market/products'

/** Coinbase Advanced Trade as its clients hear it. https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels */
export const coinbaseSimulator = defineSimulator({
  connector: coinbase,

  readRequests(frame) {
    const { type: kind, channel, product_ids: ids } = readObject(frame) ?? {}
    if (kind !== 'subscribe' && kind !== 'unsubscribe') return []
    if (channel === 'heartbeats') return [{ kind, symbols: [], id: undefined }]
    const symbols = Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : []
    return channel === 'market_trades' && symbols.length > 0 ? [{ kind, symbols, id: undefined }] : []
  },

  // An ack lists all that the connection holds; nothing in it says which request it answers.
  ack({ kind, symbols }, context) {
    const others = context.held.filter((symbol) => !symbols.includes(symbol))
    const held = kind === 'subscribe' ? [...others, ...symbols] : others
    const subscriptions = { heartbeats: ['heartbeats'], ...(held.length === 0 ? {} : { market_trades: held }) }
    return [channelFrame('subscriptions', [{ subscriptions }], context)]
  },
  reject: (_request, symbol) => [JSON.stringify({ type: 'error', message: `${symbol} is not a valid product` })],

  trades: (trades, context) => [channelFrame('market_trades', [{ type: 'update', trades: rows(trades) }], context)],
  quote: (quote, context) => [channelFrame('ticker', [{ type: 'update', tickers: [tickerRow(quote)] }], context)],
  snapshot: (_symbol, recent, _request, context) =>
    recent.length === 0 ? [] : [channelFrame('market_trades', [{ type: 'snapshot', trades: rows(recent) }], context)],
  snapshotFirst: true,

  heartbeat: {
    everyMs: 1000,
    frame(context) {
      const counter = Math.floor(context.now / 1000)
      const [day, time] = timestamp(context.now).slice(0, -1).split('T')
      const event = { current_time: `${day} ${time} +0000 UTC m=+${counter}.000000000`, heartbeat_counter: counter }
      return channelFrame('heartbeats', [event], context)
    },
  },

  rest(pathAndQuery, market) {
    if (pathAndQuery === `${products}?product_type=SPOT`) return JSON.stringify(listing(market))
    const [symbol] = [...market.listed.keys()].filter((id) => pathAndQuery === `${products}/${encodeURIComponent(id)}/ticker?limit=1`)
    if (symbol === undefined) return undefined
    const last = market.lastTrade(symbol)
    const trades = last === undefined ? [] : rows([last]).map((row) => ({ ...row, bid: '', ask: '', exchange: 'coinbase' }))
    return JSON.stringify({ trades, best_bid: last?.price ?? '0', best_ask: last?.price ?? '0' })
  },
})

function channelFrame(channel: string, events: readonly object[], { now, sequence }: DialectContext): string {
  return JSON.stringify({ channel, timestamp: timestamp(now), sequence_num: sequence, events })
}

/** Nanoseconds, as envelopes show them. */
function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000000Z`
}

/** Newest first; the side is that of the maker, and a trade's time has no trailing zeros. */
function rows(trades: readonly SimulatedTrade[]): readonly object[] {
  return trades.toReversed().map(({ symbol, id, price, size, at, takerBuys }) => ({
    product_id: symbol,
    trade_id: String(id),
    price,
    size,
    time: new Date(at).toISOString().replace(/\.?0+Z$/, 'Z'),
    side: takerBuys ? 'SELL' : 'BUY',
  }))
}

/** The price of a ticker has no time. */
function tickerRow({ bid, ask, last: { symbol, price, size } }: SimulatedQuote): object {
  const best = { best_bid: bid, best_ask: ask, best_bid_quantity: size, best_ask_quantity: size }
  const day = { volume_24_h: size, low_24_h: price, high_24_h: price, price_percent_chg_24_h: '0.00' }
  return { type: 'ticker', product_id: symbol, price, ...day, low_52_w: price, high_52_w: price, ...best }
}

function listing(market: SimulatedMarket): object {
  const rowsOfAll = [...market.listed].map(([symbol, state]) => ({
    product_id: symbol,
    price: market.lastTrade(symbol)?.price ?? '0',
    status: state === 'closed' ? 'delisted' : 'online',
    trading_disabled: state !== 'trading',
    is_disabled: state === 'closed',
    cancel_only: false,
    limit_only: false,
    post_only: false,
    auction_mode: false,
    view_only: false,
    alias: '',
    alias_to: [],
  }))
  return { products: rowsOfAll, num_products: rowsOfAll.length }
}
