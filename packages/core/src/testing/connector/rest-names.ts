import type { ConnectorRest, ListedSymbol, RestNames } from '../../connector.ts'
import { asObject } from '../../frame/read-object.ts'
import { demand, demandEqual, show } from '../check.ts'
import type { RestFixture } from '../fixtures.ts'
import { frameTokens } from '../tokens.ts'

/** The names of symbols in bodies, by a listing. */
export function namesIn(listed: readonly ListedSymbol[] = []): RestNames {
  const names = new Map(listed.map(({ symbol, restName }) => [symbol, restName]))
  return (symbol) => names.get(symbol) ?? symbol
}

/** Demands that the rows of a body are found by the names that the listing gives, and by no others that only look like them. */
export function checkNames(rest: ConnectorRest, fixture: RestFixture): void {
  if (rest.list !== undefined) checkNamesAreListed(fixture)
  const { body, restName } = renamed(fixture)
  if (body === fixture.ticker) return
  const [before, after] = [rest.decode(fixture.ticker, fixture.symbols, namesIn(fixture.listed)), rest.decode(body, fixture.symbols, restName)]
  demand('ticks' in after && 'ticks' in before, () => `With other names in its rows and from restName, the REST body gave ${show(after)}.`)
  demandEqual(after.ticks, before.ticks, 'With other names in its rows, which restName gives, the REST body; find the rows by restName(symbol)')
}

function checkNamesAreListed({ ticker, ticks, listed }: RestFixture): void {
  const tokens = [...frameTokens(ticker)]
  const restName = namesIn(listed)
  for (const tick of ticks) {
    const symbol = String(asObject(tick)?.symbol)
    const name = restName(symbol)
    if (tokens.some((token) => token.toLowerCase() === name.toLowerCase())) continue
    const alike = tokens.find((token) => lettersOf(token) === lettersOf(name))
    demand(
      alike === undefined,
      `The REST body has '${alike}' for ${symbol}, which is put together from pieces. Return it as restName with the rows of the listing, and find ` +
        'the rows of the body by restName(symbol).',
    )
  }
}

/** The body with made-up names in place of those that the listing gives. */
function renamed({ ticker, symbols, listed }: RestFixture): { readonly body: string; readonly restName: RestNames } {
  const namesNow = namesIn(listed)
  const madeUp = new Map<string, string>()
  let body = ticker
  for (const [i, symbol] of symbols.entries()) {
    const token = JSON.stringify(listed?.find((row) => row.symbol === symbol)?.restName)
    if (token === undefined || !body.includes(token)) continue
    madeUp.set(symbol, `QQ${i}QQ`)
    body = body.replaceAll(token, `"QQ${i}QQ"`)
  }
  return { body, restName: (symbol) => madeUp.get(symbol) ?? namesNow(symbol) }
}

function lettersOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}
