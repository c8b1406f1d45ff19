import { plans } from '@trinity/core'

/** What the plan of each tier allows, as rows of text below a head; nothing is said twice, it is read from the plans themselves. */
export function planTable(): readonly (readonly string[])[] {
  const rows = Object.entries(plans).map(([tier, { queriesPerSecond, burst, monthlyQueries, monthlyReports }]) => [
    tier,
    ...[queriesPerSecond, burst, monthlyQueries, monthlyReports].map(limitText),
  ])
  return [['tier', 'requests a second', 'burst', 'requests a month', 'reports a month'], ...rows]
}

function limitText(limit: number | null): string {
  return limit === null ? 'no limit' : limit.toLocaleString('en')
}
