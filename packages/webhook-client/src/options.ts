import type { ReplayStore } from './replay.ts'

/** How strictly a delivery is taken. */
export interface VerifyOptions {
  /** How far `webhook-timestamp` may lie before or after now; 300 without it. 0 leaves only the same second, it does not switch the check off. */
  readonly toleranceSeconds?: number
  /** Asked for ids that were handled already, see {@link ReplayStore}. */
  readonly replay?: Pick<ReplayStore, 'seen'>
  /** The present in epoch milliseconds, or what tells it: for tests. */
  readonly now?: number | Date | (() => number)
}

/** Epoch milliseconds. */
export function presentMs(now: VerifyOptions['now'] = Date.now): number {
  return Number(typeof now === 'function' ? now() : now)
}
