import type { ConnectorRest } from '../../connector.ts'
import type { SimulatorDialect } from '../../simulation/dialect.ts'
import { type Check, demand, demandEqual, show } from '../check.ts'
import { pathAndQuery, sampleMarket, sampleSymbols } from './sample.ts'

/** What the connector makes of the dialect's REST bodies. */
export function bodyChecks(dialect: SimulatorDialect): readonly Check[] {
  const { rest } = dialect.connector
  const strangers: Check = {
    name: 'rest: an unknown path has no body',
    run: () => {
      const body = dialect.rest('/no/such/path?of=ours', sampleMarket(sampleSymbols(dialect)[0]))
      demand(body === undefined, () => `It was answered with ${show(body)}.`)
    },
  }
  if (rest === undefined) return [strangers]
  return [
    strangers,
    { name: 'rest: prices are those of the last trades', run: () => checkPrices(dialect, rest) },
    ...(rest.list === undefined ? [] : [{ name: 'rest: the listing holds what can be traded', run: () => checkListing(dialect, rest) }]),
  ]
}

function bodyAt(dialect: SimulatorDialect, url: string, symbols: readonly string[]): string {
  const path = pathAndQuery(url)
  const body = dialect.rest(path, sampleMarket(symbols))
  demand(body !== undefined, `${path}, which the connector asks for, has no body.`)
  return body
}

function checkPrices(dialect: SimulatorDialect, rest: ConnectorRest): void {
  for (const symbols of sampleSymbols(dialect)) {
    const { traded } = sampleMarket(symbols)
    const ticks = rest.request(symbols).flatMap(({ url }) => rest.decode(bodyAt(dialect, url, symbols), symbols))
    const pricesOf = (rows: readonly { readonly symbol: string; readonly price: string }[]): readonly string[] =>
      rows.map(({ symbol, price }) => `${symbol} ${price}`).sort()
    demandEqual(pricesOf(ticks), pricesOf(traded), 'Prices by REST')
    for (const { symbol, at, id } of ticks) {
      const trade = traded.find((other) => other.symbol === symbol)
      if (at !== undefined) demandEqual([at, id], [trade?.at, String(trade?.id)], `Time and id of ${symbol} by REST`)
    }
  }
}

function checkListing(dialect: SimulatorDialect, { list }: ConnectorRest): void {
  for (const symbols of sampleSymbols(dialect)) {
    const listed = list?.decode(bodyAt(dialect, list.request().url, symbols)) ?? []
    const tradable = [...sampleMarket(symbols).listed].filter(([, isTradable]) => isTradable).map(([symbol]) => symbol)
    demandEqual(
      listed
        .filter((row) => row.tradable)
        .map(({ symbol }) => symbol)
        .sort(),
      tradable.sort(),
      'Tradable symbols by REST',
    )
    const strange = listed.filter(({ symbol }) => !symbols.includes(symbol))
    demand(strange.length === 0, () => `The listing holds ${show(strange)}, which the market does not.`)
  }
}
