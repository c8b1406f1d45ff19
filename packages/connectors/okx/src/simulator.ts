import { type MarketState, asObjects, frameText, readObject } from '@trinity/core'
import { type SimulatedTrade, defineSimulator } from '@trinity/core/simulation'
import { okx } from './index.ts'

const connId = 'a4d3ae55'

/** OKX's WebSocket v5 as its clients hear it. https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-trades-channel */
export const okxSimulator = defineSimulator({
  connector: okx,

  readRequests(frame) {
    if (frameText(frame) === 'ping') return [{ kind: 'ping', id: undefined }]
    const { id, op: kind, args } = readObject(frame) ?? {}
    const symbols = asObjects(args).flatMap(({ channel, instId }) => (channel === 'trades' && typeof instId === 'string' ? [instId] : []))
    const number = typeof id === 'string' && /^\d+$/.test(id) ? Number(id) : undefined
    return (kind === 'subscribe' || kind === 'unsubscribe') && symbols.length > 0 ? [{ kind, symbols, id: number }] : []
  },

  // One answer per symbol, and a refusal names its symbol in words only.
  ack: ({ kind, symbols, id }) => symbols.map((instId) => JSON.stringify({ ...idText(id), event: kind, arg: arg(instId), connId })),
  reject: ({ id }, symbol) => [
    JSON.stringify({ ...idText(id), event: 'error', code: '60018', msg: `channel:trades,instId:${symbol} doesn't exist`, connId }),
  ],

  trades: (trades) => trades.map(tradeFrame),
  quote: ({ bid, ask, last }, { now }) => {
    const row = { ...tickerRow(last.symbol, last, now), askPx: ask, bidPx: bid }
    return [JSON.stringify({ arg: { channel: 'tickers', instId: last.symbol }, data: [row] })]
  },
  // The last trade, however old, in a frame like any other.
  snapshot: (_symbol, recent) => recent.slice(-1).map(tradeFrame),

  pong: () => ['pong'],
  goodbye: () => [
    JSON.stringify({
      event: 'notice',
      msg: 'The connection will soon be closed for a service upgrade. Please reconnect.',
      code: '64008',
      connId,
    }),
  ],

  rest(pathAndQuery, market) {
    const symbols = [...market.listed]
    if (pathAndQuery === '/api/v5/market/tickers?instType=SPOT')
      return answer(symbols.map(([instId]) => tickerRow(instId, market.lastTrade(instId), market.now)))
    if (pathAndQuery === '/api/v5/public/instruments?instType=SPOT') return answer(symbols.map(([instId, state]) => instrument(instId, state)))
    return undefined
  },
  restRejection: () => JSON.stringify({ code: '50011', msg: 'Too Many Requests', data: [] }),
})

function arg(instId: string): object {
  return { channel: 'trades', instId }
}

function idText(id: number | undefined): object {
  return id === undefined ? {} : { id: String(id) }
}

function tradeFrame({ symbol: instId, price: px, size: sz, at, id, takerBuys }: SimulatedTrade): string {
  const side = takerBuys ? 'buy' : 'sell'
  const row = { instId, tradeId: String(id), px, sz, side, ts: String(at), count: '1', source: '0', seqId: id }
  return JSON.stringify({ arg: arg(instId), data: [row] })
}

function answer(data: readonly object[]): string {
  return JSON.stringify({ code: '0', msg: '', data })
}

/** Of what has never traded every text is empty. */
function tickerRow(instId: string, last: SimulatedTrade | undefined, madeAt: number): object {
  const { price: px, size: sz } = last ?? { price: '', size: '' }
  const now = { last: px, lastSz: sz, askPx: px, askSz: sz, bidPx: px, bidSz: sz }
  const day = { open24h: px, high24h: px, low24h: px, sodUtc0: px, sodUtc8: px, volCcy24h: sz || '0', vol24h: sz || '0' }
  return { instType: 'SPOT', instId, ...now, ...day, ts: String(madeAt) }
}

const stateWords = { trading: 'live', halted: 'suspend', closed: 'expired' }

function instrument(instId: string, state: MarketState): object {
  const [baseCcy, quoteCcy] = instId.split('-')
  return { instType: 'SPOT', instId, baseCcy, quoteCcy, tickSz: '0.00000001', lotSz: '0.00000001', state: stateWords[state] }
}
