import type { Connector } from '../connector.ts'
import type { Check } from './check.ts'
import { decodeChecks } from './connector/decode-checks.ts'
import { hostileChecks } from './connector/hostile-checks.ts'
import { requestChecks } from './connector/request-checks.ts'
import { restChecks } from './connector/rest-checks.ts'
import { sessionChecks } from './connector/session-checks.ts'
import type { ConnectorFixtures } from './fixtures.ts'

/** Everything that must hold of a connector, by its own fixtures; see `readFixtures`. */
export function connectorChecks(connector: Connector, fixtures: ConnectorFixtures): readonly Check[] {
  return [
    ...decodeChecks(connector, fixtures),
    ...requestChecks(connector, fixtures),
    ...hostileChecks(connector, fixtures),
    ...restChecks(connector, fixtures),
    ...sessionChecks(connector, fixtures),
  ]
}
