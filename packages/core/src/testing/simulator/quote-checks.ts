import { frameText } from '../../frame/read-object.ts'
import type { SimulatorDialect } from '../../simulation/dialect.ts'
import { type Check, demand, show } from '../check.ts'
import { showFrame } from '../fixtures.ts'
import { frameTokens } from '../tokens.ts'
import { eventsOf } from './answer-checks.ts'
import { crossedQuote, sampleContext, sampleSymbols } from './sample.ts'

/** What the connector makes of the dialect's quotes. */
export function quoteChecks(dialect: SimulatorDialect): readonly Check[] {
  return [{ name: 'quote: it tells of bid and ask, and neither becomes a price', run: () => checkQuotes(dialect) }]
}

function checkQuotes(dialect: SimulatorDialect): void {
  for (const symbol of sampleSymbols(dialect).flat()) {
    const crossed = crossedQuote(symbol)
    for (const quote of [crossed, { ...crossed, bid: crossed.ask, ask: crossed.bid }]) {
      const frames = dialect.quote(quote, sampleContext([symbol]))
      const tokens = new Set(frames.flatMap((frame) => [...frameTokens(frameText(frame))]))
      for (const text of [quote.bid, quote.ask]) demand(tokens.has(text), () => `'${text}' does not stand so in ${frames.map(showFrame).join(', ')}`)
      for (const event of eventsOf(dialect, frames)) {
        // A quote may say what the last trade cost, and when it was quoted, but not when the trade was.
        const isLast = event.kind === 'tick' && event.symbol === symbol && event.price === quote.last.price && event.at === undefined
        demand(isLast, () => `The quote ${frames.map(showFrame).join(', ')} means ${show(event)}.`)
      }
    }
  }
}
