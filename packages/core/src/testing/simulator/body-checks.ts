import type { ConnectorRest, ListedSymbol } from '../../connector.ts'
import type { SimulatedMarket, SimulatorDialect } from '../../simulation/dialect.ts'
import { type Check, demand, demandEqual, show } from '../check.ts'
import { pathAndQuery, sampleMarket, sampleNames, sampleSymbols } from './sample.ts'

/** By so much a connector may take a body for older than its newest row: other rows may lag behind. */
const maxRowLagMs = 1000

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
  const { list } = rest
  return [
    strangers,
    { name: 'rest: prices are those of the last trades, made when the body was', run: () => checkPrices(dialect, rest) },
    ...(list === undefined ? [] : [{ name: 'rest: the listing says how each symbol stands', run: () => checkListing(dialect, list) }]),
    ...(dialect.restRejection === undefined
      ? []
      : [{ name: 'rest: a refusal with status 200 is a rejection', run: () => checkRejection(dialect, rest) }]),
  ]
}

function bodyAt(dialect: SimulatorDialect, url: string, market: SimulatedMarket): string {
  const path = pathAndQuery(url)
  const body = dialect.rest(path, market)
  demand(body !== undefined, `${path}, which the connector asks for, has no body.`)
  return body
}

function checkPrices(dialect: SimulatorDialect, rest: ConnectorRest): void {
  for (const symbols of sampleSymbols(dialect)) {
    const market = sampleMarket(symbols)
    const names = sampleNames(dialect, market)
    const ticks = rest.request(symbols, names).flatMap(({ url }) => {
      const decoded = rest.decode(bodyAt(dialect, url, market), symbols, names)
      demand(!('rejected' in decoded), () => `The body at ${url} was taken for a refusal: ${show(decoded)}.`)
      const { madeAt = market.now } = decoded
      demand(
        madeAt <= market.now && madeAt >= market.now - maxRowLagMs,
        () => `The body at ${url}, made at ${market.now}, was taken for one of ${madeAt}.`,
      )
      return decoded.ticks
    })
    const pricesOf = (rows: readonly { readonly symbol: string; readonly price: string }[]): readonly string[] =>
      rows.map(({ symbol, price }) => `${symbol} ${price}`).sort()
    demandEqual(pricesOf(ticks), pricesOf(market.traded), 'Prices by REST')
    for (const { symbol, at, id } of ticks) {
      const trade = market.traded.find((other) => other.symbol === symbol)
      if (at !== undefined) demandEqual([at, id], [trade?.at, String(trade?.id)], `Time and id of ${symbol} by REST`)
    }
  }
}

function checkListing(dialect: SimulatorDialect, list: NonNullable<ConnectorRest['list']>): void {
  for (const symbols of sampleSymbols(dialect)) {
    const [closed = ''] = symbols
    const sample = sampleMarket(symbols)
    const market = { ...sample, listed: new Map([...sample.listed, [closed, 'closed'] as const]) }
    const listed = list.decode(bodyAt(dialect, list.request().url, market))
    demand(!('rejected' in listed), () => `The listing was taken for a refusal: ${show(listed)}.`)
    const nameAndState = ({ symbol, state, unknownState }: ListedSymbol): string => `${symbol} ${unknownState ?? state}`
    // A venue may leave out what is gone for good.
    const rows = listed.filter(({ symbol, state }) => symbol !== closed || state !== 'closed')
    const expected = [...market.listed].map(([symbol, state]) => ({ symbol, state })).filter(({ symbol }) => symbol !== closed)
    demandEqual(rows.map(nameAndState).sort(), expected.map(nameAndState).sort(), 'Symbols and states by REST')
  }
}

function checkRejection(dialect: SimulatorDialect, rest: ConnectorRest): void {
  const [symbols] = sampleSymbols(dialect)
  const names = sampleNames(dialect, sampleMarket(symbols))
  const { list } = rest
  for (const { url } of rest.request(symbols, names)) {
    const decoded = rest.decode(dialect.restRejection?.(pathAndQuery(url)) ?? '', symbols, names)
    demand('rejected' in decoded, () => `The refusal of ${url} means ${show(decoded)}.`)
  }
  if (list === undefined) return
  const decoded = list.decode(dialect.restRejection?.(pathAndQuery(list.request().url)) ?? '')
  demand('rejected' in decoded, () => `The refusal of the listing means ${show(decoded)}.`)
}
