import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { planTable } from '../../packages/gateway/src/access/plan-table.ts'
import { repositoryRoot } from '../workspace.ts'
import { adminPortLimits, connectionLimits, requestLimits } from './limits/http-limits.ts'
import { type Limit, error, udpError } from './limits/limit.ts'
import { serviceLimits, venueLimits } from './limits/service-limits.ts'
import { streamLimits } from './limits/stream-limits.ts'
import { udpLimits } from './limits/udp-limits.ts'
import { generatedPage, markdownTable } from './markdown.ts'

const areas: Readonly<Record<string, readonly Limit[]>> = {
  Connections: connectionLimits,
  Requests: requestLimits,
  Streams: streamLimits,
  UDP: udpLimits,
  Service: serviceLimits,
  Venues: venueLimits,
  'Operators’ port': adminPortLimits,
}

const planTest = 'packages/core/src/access/gate.test.ts'

/** @throws Error where a limit names a test that is not there */
export function limitPage(): string {
  const rows = Object.entries(areas).flatMap(([area, limits]) =>
    limits.map(({ what, value, setting, seen, test }) => [area, what, value, setting ?? '–', seen, linkTo(test)]),
  )
  const [planHead = [], ...plans] = planTable()
  return generatedPage(
    'Limits',
    'What strangers and callers can hold and do at most, what they see when they would have more, and the test that proves it. Variables and parameters are those of [settings](settings.md), codes those of [errors](errors.md); ERRORs are those of [UDP](udp.md).',
    markdownTable(['Of', 'What', 'Value', 'Setting', 'Seen', 'Test'], rows),
    '## Plans',
    `What a key may ask for, over HTTP, UDP and streams together: a minute of a stream is one request, and so is a request for several assets. Faster than that is ${error('TRN_RATE_LIMITED')}, more in a month (UTC) ${error('TRN_QUOTA_EXCEEDED')}; over UDP both are ${udpError('limited')}. Each says exactly when to come again, and each HTTP response how the limits stand. Proved by ${linkTo(planTest)} and ${linkTo('packages/gateway/src/figures/limits.test.ts')}.`,
    markdownTable(
      planHead.map(capitalize),
      plans.map(([tier = '', ...limits]) => [`\`${tier}\``, ...limits]),
    ),
  )
}

function linkTo(test: string): string {
  if (!existsSync(join(repositoryRoot, test))) throw new Error(`A limit is said to be proved by ${test}, which is not there.`)
  return `[${basename(test, '.test.ts')}](../../${test})`
}

const capitalize = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`
