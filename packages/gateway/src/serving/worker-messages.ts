import type { ErrorCode, UsageRow } from '@trinity/core'
import type { ControlAnswer, ControlQuestion } from './control-link.ts'
import type { ServingConfig, ServingPorts } from './serving-config.ts'
import type { SharedState, WorkerRegion } from './shared-state.ts'

/** What a worker is started with. */
export interface WorkerStart {
  readonly config: ServingConfig
  readonly state: SharedState
  readonly region: WorkerRegion
  readonly logLevel: string
}

/** A line for the log, which only the main thread writes. */
export interface LogMessage {
  readonly type: 'log'
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly fields: unknown
  readonly text: string | undefined
}

/** From the main thread to a worker. */
export type ToWorker = { readonly type: 'listen'; readonly ports: ServingPorts } | { readonly type: 'stop' } | ControlAnswer

/** From a worker to the main thread. */
export type FromWorker =
  | { readonly type: 'listening'; readonly ports: ServingPorts; readonly notes: readonly string[] }
  | { readonly type: 'refused'; readonly code: ErrorCode; readonly message: string }
  | { readonly type: 'spill'; readonly row: UsageRow }
  | LogMessage
  | ControlQuestion
