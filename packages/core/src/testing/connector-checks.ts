import type { Connector } from '../connector.ts'
import type { Check } from './check.ts'
import { decodeChecks } from './connector/decode-checks.ts'
import { goldenCheck } from './connector/golden-check.ts'
import { hostileChecks } from './connector/hostile-checks.ts'
import { orderCheck } from './connector/order-check.ts'
import { requestChecks } from './connector/request-checks.ts'
import { restChecks } from './connector/rest-checks.ts'
import { sessionChecks } from './connector/session-checks.ts'
import { sideGuessCheck } from './connector/side-guesses.ts'
import type { ConnectorFixtures } from './fixtures.ts'

/**
 * Everything that must hold of a connector, by its own fixtures; see `readFixtures`. A check whose ground another one has found missing passes
 * without a judgement, so that a fault fails the check that names it.
 */
export function connectorChecks(connector: Connector, fixtures: ConnectorFixtures): readonly Check[] {
  const { pure, exact, times, side, coverage } = decodeChecks(connector, fixtures)
  const { requests, symbols, limits } = requestChecks(connector, fixtures)
  const order = orderCheck(connector, fixtures, [pure, times])
  const session = sessionChecks(connector, fixtures, [pure, symbols])
  const golden = goldenCheck(connector, fixtures, pure, [{ check: order }, ...session.ofFrames])
  return [
    golden,
    pure,
    exact,
    times,
    side,
    sideGuessCheck(connector, fixtures, side),
    order,
    coverage,
    requests,
    symbols,
    limits,
    ...hostileChecks(connector, fixtures, { pure, exact, times, side }),
    ...restChecks(connector, fixtures),
    ...session.all,
  ]
}
