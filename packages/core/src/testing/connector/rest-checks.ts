import { type Connector, type ConnectorRest, isAge } from '../../connector.ts'
import { demand, demandEqual, show } from '../check.ts'
import { hostileFrames, replacedLeaves, truncations } from '../fuzz/hostile-frames.ts'
import type { ConnectorFixtures, RestFixture } from '../fixtures.ts'
import { frameTokens } from '../tokens.ts'
import { dropUnnamedFields } from './unnamed-fields.ts'
import { inexactWords } from './decode-checks.ts'
import { checkHonest, checkNothingFrom } from './hostile-checks.ts'
import { type JudgedCheck, judge } from './judged-check.ts'
import { checkNames, namesIn } from './rest-names.ts'
import { listedFault, pricesFault, rejectionFault } from './rest-shape.ts'

/** A price that nothing has confirmed for so long is not fresh any more. */
const freshnessLimitMs = 30_000

const truncationPoints = 100
const leavesPerBody = 100

/** What reading the venue by REST must give; none for a connector without REST. */
export function restChecks({ rest, regions }: Connector, fixtures: ConnectorFixtures): readonly JudgedCheck[] {
  if (rest === undefined) return []
  const fixture = (): RestFixture => {
    demand(fixtures.rest !== undefined, 'The connector reads REST, but there is no REST fixture.')
    return fixtures.rest
  }
  const { list } = rest
  const requests = judge({ name: 'rest: requests are GETs of a valid http address', run: () => checkRequests(rest, fixture()) })
  const body = judge({ name: 'rest: the body gives exactly the ticks and the time that the fixture says', run: () => checkBody(rest, fixture()) })
  const checks = [
    requests,
    body,
    judge(
      { name: 'rest: hostile bodies never throw, give prices or a rejection, and tick only what they say', run: () => checkHostile(rest, fixture()) },
      [body],
    ),
    judge({ name: 'rest: rows are found by the names that the listing gives', run: () => checkNames(rest, fixture()) }, [body]),
    judge({ name: 'rest: readings keep the price of a quiet symbol fresh', run: () => checkQuiet(rest, fixture()) }, [requests, body]),
  ]
  if (regions !== undefined) {
    const run = (): void => checkRegions(rest, regions, fixture())
    checks.push(judge({ name: 'rest: each region asks hosts of its own', run }, [requests]))
  }
  if (list !== undefined) {
    const name = 'rest: the listing gives exactly the symbols that the fixture says, hostile ones never throw'
    checks.push(judge({ name, run: () => checkListing(list, fixture()) }))
  }
  if ((fixtures.rest?.rejections ?? []).length > 0) {
    checks.push(
      judge({ name: 'rest: a refusal with status 200 is a rejection in the words of the venue', run: () => checkRejections(rest, fixture()) }),
    )
  }
  return checks
}

function checkRequests(rest: ConnectorRest, { symbols, listed }: RestFixture): void {
  const asked = rest.request(symbols, namesIn(listed))
  demand(asked.length > 0, 'No request is made for the symbols.')
  for (const { url } of [...asked, ...(rest.list === undefined ? [] : [rest.list.request()])])
    demand(URL.canParse(url) && /^https?:$/.test(new URL(url).protocol), `'${url}' is no http address.`)
  demand(rest.everyMs > 0 && rest.limit.count > 0 && rest.limit.perMs > 0, 'everyMs and limit must be positive.')
  demand(isAge(rest.bodyAgeMs ?? 0), `bodyAgeMs is ${rest.bodyAgeMs}, which is no age.`)
}

function checkRegions(rest: ConnectorRest, regions: NonNullable<Connector['regions']>, { symbols, listed }: RestFixture): void {
  const requests = [...rest.request(symbols, namesIn(listed)), ...(rest.list === undefined ? [] : [rest.list.request()])]
  for (const [name, { urls, restHosts }] of Object.entries(regions)) {
    demand(urls.length > 0 && urls.every((url) => /^wss?:\/\//.test(url)), `Region ${name} has no ws:// or wss:// address.`)
    for (const { url } of requests) {
      const { host } = new URL(url)
      const moved = restHosts?.[host]
      demand(restHosts === undefined || (moved !== undefined && moved !== host), `Region ${name} leaves ${host} as it is.`)
    }
  }
}

function checkBody(rest: ConnectorRest, { ticker, symbols, ticks, madeAt, listed }: RestFixture): void {
  demand(
    ticks.length > 0,
    'The fixture holds no tick. Put the text of a response with prices under `ticker` in fixtures/rest.json, and what it gives for `symbols` under `ticks`.',
  )
  const decoded = rest.decode(ticker, symbols, namesIn(listed))
  const fault = pricesFault(decoded)
  demand(fault === undefined, () => `The REST body gave ${show(decoded)}: ${fault}.`)
  demand(!('rejected' in decoded), () => `The REST body was taken for a refusal: ${show(decoded)}.`)
  demandEqual({ ticks: dropUnnamedFields(decoded.ticks, ticks), madeAt: decoded.madeAt }, { ticks, madeAt }, 'The REST body')
  const isDated = rest.bodyAgeMs !== undefined || decoded.madeAt !== undefined || decoded.ticks.every(({ at: tradedAt }) => tradedAt !== undefined)
  demand(
    isDated,
    'Nothing says how old the prices of a REST body are. Return madeAt where the body has a time (pricesMadeAt finds it), read trades with their ' +
      'times, or declare rest.bodyAgeMs.',
  )
  const words = inexactWords(decoded.ticks, frameTokens(ticker))
  demand(words === undefined, `${words} in the REST body.`)
}

/** A body that says when it was made has only its pause to wait for. */
function checkQuiet({ everyMs, bodyAgeMs = 0 }: ConnectorRest, { madeAt }: RestFixture): void {
  const [what, ageMs] = madeAt === undefined ? ['everyMs + bodyAgeMs', everyMs + bodyAgeMs] : ['everyMs', everyMs]
  demand(
    ageMs < freshnessLimitMs,
    `${what} is ${ageMs} ms, so that the price of a quiet symbol would be stale before each reading that confirms it. Keep it below the freshness ` +
      `limit of ${freshnessLimitMs} ms: read more often, or use an address whose body is younger or has a time (madeAt).`,
  )
}

function checkHostile(rest: ConnectorRest, { ticker, symbols, listed }: RestFixture): void {
  const decode = (body: unknown): readonly unknown[] => {
    const decoded = rest.decode(String(body), symbols, namesIn(listed))
    const fault = pricesFault(decoded)
    demand(fault === undefined, () => `A hostile body gave ${show(decoded)}: ${fault}.`)
    return 'rejected' in decoded ? [] : decoded.ticks
  }
  checkNothingFrom(
    decode,
    hostileFrames.filter((frame) => typeof frame === 'string'),
  )
  checkNothingFrom(decode, truncations(ticker, truncationPoints))
  for (const body of replacedLeaves(ticker, leavesPerBody)) checkHonest(decode, body)
}

function checkListing(list: NonNullable<ConnectorRest['list']>, { list: body, listed }: RestFixture): void {
  demand(
    body !== undefined && body !== '' && listed !== undefined,
    'The connector reads a listing, but the fixture holds none. Put the text of one under `list` in fixtures/rest.json, and its symbols under `listed`.',
  )
  demandEqual(list.decode(body), listed, 'The listing')
  for (const hostile of [
    ...hostileFrames.filter((frame) => typeof frame === 'string'),
    ...truncations(body, truncationPoints),
    ...replacedLeaves(body, leavesPerBody),
  ]) {
    const decoded = list.decode(hostile)
    const fault = listedFault(decoded)
    demand(fault === undefined, () => `The listing gave ${show(decoded)} for a hostile body: ${fault}.`)
  }
}

function checkRejections(rest: ConnectorRest, { symbols, rejections = [], listed }: RestFixture): void {
  for (const { body, rejected } of rejections) {
    for (const decoded of [rest.decode(body, symbols, namesIn(listed)), ...(rest.list === undefined ? [] : [rest.list.decode(body)])]) {
      demand('rejected' in decoded && rejectionFault(decoded) === undefined, () => `${body} gave ${show(decoded)} and no rejection.`)
      demand(decoded.rejected === rejected, () => `${body} was rejected with '${decoded.rejected}' and not '${rejected}'.`)
    }
  }
}
