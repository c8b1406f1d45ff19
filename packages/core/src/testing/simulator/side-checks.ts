import type { FeedEvent, Tick } from '../../connector.ts'
import { frameText } from '../../frame/read-object.ts'
import type { SimulatedTrade, SimulatorDialect } from '../../simulation/dialect.ts'
import { type Check, demand, show } from '../check.ts'
import { eventsOf } from './answer-checks.ts'
import { mixedTrades, pathAndQuery, readSymbolRequests, sampleContext, sampleMarket, sampleNames, sampleSymbols } from './sample.ts'

/** Whether the connector has the side of the taker. */
export function sideChecks(dialect: SimulatorDialect): readonly Check[] {
  return [{ name: 'side: it is that of the taker wherever the venue says a side', run: () => checkSides(dialect) }]
}

function checkSides(dialect: SimulatorDialect): void {
  const trades = mixedTrades(sampleSymbols(dialect)[0])
  for (const showTrade of [live, past, byRest]) {
    for (const trade of trades) {
      const shown = showTrade(dialect, trade)
      // What stays the same when the other side takes says nothing of sides.
      const isSaid = shown.text !== showTrade(dialect, { ...trade, takerBuys: !trade.takerBuys }).text
      const side = !isSaid ? undefined : trade.takerBuys ? 'buy' : 'sell'
      for (const tick of shown.ticks) {
        // REST may have sides of another meaning than the socket; then a connector leaves them out.
        const isLeftOut = showTrade === byRest && tick.side === undefined
        demand(tick.side === side || isLeftOut, () => `The taker's side is ${side}, where ${shown.text} means ${show(tick)}.`)
      }
    }
  }
}

interface ShownTrade {
  readonly text: string
  readonly ticks: readonly Tick[]
}

function timed(events: readonly FeedEvent[]): readonly Tick[] {
  return events.filter((event) => event.kind === 'tick').filter(({ at }) => at !== undefined)
}

function live(dialect: SimulatorDialect, trade: SimulatedTrade): ShownTrade {
  const frames = dialect.trades([trade], sampleContext([trade.symbol]))
  return { text: frames.map(frameText).join('\n'), ticks: timed(eventsOf(dialect, frames)) }
}

function past(dialect: SimulatorDialect, trade: SimulatedTrade): ShownTrade {
  const frames = readSymbolRequests(dialect, 'subscribe', [trade.symbol]).flatMap(
    (request) => dialect.snapshot?.(trade.symbol, [trade], request, sampleContext()) ?? [],
  )
  return { text: frames.map(frameText).join('\n'), ticks: timed(eventsOf(dialect, frames)) }
}

function byRest(dialect: SimulatorDialect, trade: SimulatedTrade): ShownTrade {
  const symbols = [trade.symbol]
  const market = { ...sampleMarket(symbols), lastTrade: () => trade }
  const names = sampleNames(dialect, market)
  const { rest } = dialect.connector
  const bodies = rest?.request(symbols, names).flatMap(({ url }) => dialect.rest(pathAndQuery(url), market) ?? []) ?? []
  const ticks = bodies.flatMap((body) => {
    const decoded = rest?.decode(body, symbols, names) ?? { ticks: [] }
    return 'rejected' in decoded ? [] : timed(decoded.ticks)
  })
  return { text: bodies.join('\n'), ticks }
}
