/** The tiers by rising allowance; their places in this list stand for them in shared memory. */
export const tiers = ['free', 'pro', 'enterprise', 'unlimited', 'lifetime', 'partner'] as const

/** Names of the plans a key can have. */
export type Tier = (typeof tiers)[number]

/** What a key may use; null stands for no limit. */
export interface Plan {
  /** Requests in a calendar month, UTC. */
  readonly monthlyQueries: number | null
  /** How fast an empty bucket fills: a whole number up to 29,000, or up to 1,000,000 one that is round enough to be counted exactly for ten years. */
  readonly queriesPerSecond: number | null
  /** Requests that a full bucket admits at once; means nothing without `queriesPerSecond`. */
  readonly burst: number | null
  /** How long an empty bucket takes to admit the next request; no rule about the spacing of requests. */
  readonly minWaitSeconds: number
  readonly monthlyReports: number | null
}

/** The plan of each tier. */
export const plans: Readonly<Record<Tier, Plan>> = {
  free: { monthlyQueries: 1000, queriesPerSecond: 1, burst: 5, minWaitSeconds: 1, monthlyReports: 10 },
  pro: { monthlyQueries: 50_000, queriesPerSecond: 10, burst: 20, minWaitSeconds: 0.1, monthlyReports: 10 },
  enterprise: { monthlyQueries: 500_000, queriesPerSecond: 50, burst: 100, minWaitSeconds: 0.02, monthlyReports: 10 },
  unlimited: { monthlyQueries: null, queriesPerSecond: 100, burst: 200, minWaitSeconds: 0.01, monthlyReports: null },
  lifetime: { monthlyQueries: null, queriesPerSecond: 100, burst: 200, minWaitSeconds: 0.01, monthlyReports: null },
  partner: { monthlyQueries: null, queriesPerSecond: null, burst: null, minWaitSeconds: 0, monthlyReports: null },
}

/** A plan that only limits the rate. */
export function ratePlan(queriesPerSecond: number, burst: number): Plan {
  return { monthlyQueries: null, queriesPerSecond, burst, minWaitSeconds: 1 / queriesPerSecond, monthlyReports: null }
}
