import { type Clock, type UsageRow, monotonicMs } from '@trinity/core'
import type { Log } from '../log.ts'
import type { Control } from './control.ts'
import { requireFreePorts } from './free-ports.ts'
import type { ServingConfig, ServingPorts } from './serving-config.ts'
import type { ListeningUnit } from './serving-unit.ts'
import type { SharedState, WorkerRegion } from './shared-state.ts'
import { WorkerPool } from './worker-pool.ts'

/** What serving works with. */
export interface ServingPlan {
  readonly config: ServingConfig
  readonly state: SharedState
  /** One for each worker; the main thread serves with the only one when there are none. */
  readonly regions: readonly WorkerRegion[]
  /** Serving threads; 0 = the main thread serves. */
  readonly workers: number
  readonly control: Control
  readonly clock: Clock
  readonly log: Log
  /** Takes a served request that found no room in shared memory. */
  onSpill(row: UsageRow): void
  /** Called when a worker died, before its region has another producer. */
  onDeath(): void
}

/** Everything that answers callers, on however many threads. */
export interface Serving {
  readonly pool: WorkerPool | undefined
  /** @throws TrinityError `TRN_PORT_UNAVAILABLE`, `TRN_SETTING_INVALID` */
  start(ports: ServingPorts): Promise<ListeningUnit>
  stop(): Promise<void>
}

/** Serves on the main thread, or on workers that share the ports. */
export async function createServing(plan: ServingPlan): Promise<Serving> {
  const { workers, regions, config } = plan
  const [region] = regions
  if (workers === 0 && region !== undefined) {
    // Where workers serve, the main thread need not hold what serving takes, some 10 MB.
    const { createServingUnit } = await import('./serving-unit.ts')
    const unit = await createServingUnit({ ...plan, region, monotonicMs, reusePort: false })
    return { pool: undefined, start: (ports) => unit.listen(ports), stop: () => unit.stop() }
  }
  const pool = new WorkerPool(plan)
  return {
    pool,
    async start(ports) {
      // Workers share ports, and so would another server of the same user without anybody noticing.
      await requireFreePorts(config, ports)
      return pool.start(ports)
    },
    stop: () => pool.stop(),
  }
}
