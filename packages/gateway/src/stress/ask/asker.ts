import type { Outcome } from '../measure/ledger.ts'

/** Takes the end of a request; `reason` is empty where there is a price. Called once, and never before `ask` has returned. */
export type Settle = (outcome: Outcome, reason: string) => void

/** Asks one target for prices. */
export interface Asker {
  /** Requests that it takes at once. */
  readonly room: number
  /** Opens what it needs to have so many requests under way, outside of the time that is measured. */
  prepare(outstanding: number): Promise<void>
  ask(asset: string, settle: Settle): void
  /** Ends what is under way; the next {@link prepare} opens what it takes to go on. */
  cut(): Promise<void>
  close(): Promise<void>
}
