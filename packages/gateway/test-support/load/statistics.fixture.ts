import type { LoadRun } from './generator.fixture.ts'

/** A kept request of a run; times in epoch milliseconds. */
export interface Call {
  readonly group: number
  readonly sentAt: number
  readonly answeredAt: number
  readonly status: number
}

/** The requests of a run that it kept, in the order of their answers. */
export function callsOf({ calls }: LoadRun): readonly Call[] {
  return Array.from({ length: calls.length / 4 }, (_, i) => {
    const [group = 0, sentAt = 0, answeredAt = 0, status = 0] = calls.subarray(4 * i, 4 * i + 4)
    return { group, sentAt, answeredAt, status }
  })
}

/** Undefined of nothing. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
}

export const median = (values: readonly number[]): number | undefined => percentile(values, 0.5)

/** Requests with a status, in one group or all. */
export function countStatus({ statuses }: LoadRun, status: number, group?: number): number {
  return (group === undefined ? statuses : [statuses[group] ?? {}]).reduce((sum, counts) => sum + (counts[status] ?? 0), 0)
}
