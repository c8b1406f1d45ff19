import type { Connector, ConnectorRest } from '../../connector.ts'
import { demand, demandEqual, show } from '../check.ts'
import { hostileFrames, replacedLeaves, truncations } from '../fuzz/hostile-frames.ts'
import type { ConnectorFixtures, RestFixture } from '../fixtures.ts'
import { frameTokens } from '../tokens.ts'
import { inexactWords } from './decode-checks.ts'
import { checkHonest, checkNothingFrom } from './hostile-checks.ts'
import { type JudgedCheck, judge } from './judged-check.ts'

const truncationPoints = 100
const leavesPerBody = 100

/** What reading the venue by REST must give; none for a connector without REST. */
export function restChecks({ rest }: Connector, fixtures: ConnectorFixtures): readonly JudgedCheck[] {
  if (rest === undefined) return []
  const fixture = (): RestFixture => {
    demand(fixtures.rest !== undefined, 'The connector reads REST, but there is no REST fixture.')
    return fixtures.rest
  }
  const { list } = rest
  const body = judge({ name: 'rest: the body gives exactly the ticks that the fixture says', run: () => checkBody(rest, fixture()) })
  return [
    judge({ name: 'rest: requests are GETs of a valid http address', run: () => checkRequests(rest, fixture()) }),
    body,
    judge({ name: 'rest: hostile bodies never throw and tick only what they say', run: () => checkHostileBodies(rest, fixture()) }, [body]),
    ...(list === undefined
      ? []
      : [
          judge({
            name: 'rest: the listing gives exactly the symbols that the fixture says, hostile ones never throw',
            run: () => checkListing(list, fixture()),
          }),
        ]),
  ]
}

function checkRequests(rest: ConnectorRest, { symbols }: RestFixture): void {
  const requests = [...rest.request(symbols), ...(rest.list === undefined ? [] : [rest.list.request()])]
  demand(rest.request(symbols).length > 0, 'No request is made for the symbols.')
  for (const { url } of requests) demand(URL.canParse(url) && /^https?:$/.test(new URL(url).protocol), `'${url}' is no http address.`)
  demand(rest.everyMs > 0 && rest.limit.count > 0 && rest.limit.perMs > 0, 'everyMs and limit must be positive.')
}

function checkBody(rest: ConnectorRest, { ticker, symbols, ticks }: RestFixture): void {
  const decoded = rest.decode(ticker, symbols)
  demand(ticks.length > 0, 'The fixture holds no tick.')
  demandEqual(decoded, ticks, 'The REST body')
  const words = inexactWords(decoded, frameTokens(ticker))
  demand(words === undefined, `${words} in the REST body.`)
}

function checkHostileBodies(rest: ConnectorRest, { ticker, symbols }: RestFixture): void {
  const decode = (body: unknown): readonly unknown[] => rest.decode(String(body), symbols)
  checkNothingFrom(
    decode,
    hostileFrames.filter((frame) => typeof frame === 'string'),
  )
  checkNothingFrom(decode, truncations(ticker, truncationPoints))
  for (const body of replacedLeaves(ticker, leavesPerBody)) checkHonest(decode, body)
}

function checkListing(list: NonNullable<ConnectorRest['list']>, { list: body, listed }: RestFixture): void {
  demand(body !== undefined && listed !== undefined, 'The connector reads a listing, but the fixture holds none.')
  demandEqual(list.decode(body), listed, 'The listing')
  for (const hostile of [
    ...hostileFrames.filter((frame) => typeof frame === 'string'),
    ...truncations(body, truncationPoints),
    ...replacedLeaves(body, leavesPerBody),
  ]) {
    for (const row of list.decode(hostile)) {
      demand(typeof row.symbol === 'string' && typeof row.tradable === 'boolean', () => `The listing gave ${show(row)} for a hostile body.`)
    }
  }
}
