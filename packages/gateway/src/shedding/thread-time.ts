import { performance } from 'node:perf_hooks'
import process from 'node:process'

/** Where {@link threadCpuMs} comes from on this version of Node. */
type CpuUsage = () => { readonly user: number; readonly system: number }

const { threadCpuUsage } = process as { readonly threadCpuUsage?: CpuUsage }

/** Milliseconds on a clock that never steps. */
export function elapsedMs(): number {
  return performance.now()
}

/**
 * Milliseconds that this thread has run, without those in which others had its core; a reading takes half a microsecond. Before
 * Node 22.15, which has no such clock, it is {@link elapsedMs}.
 */
export const threadCpuMs: () => number =
  threadCpuUsage === undefined
    ? elapsedMs
    : () => {
        const { user, system } = threadCpuUsage()
        return (user + system) / 1000
      }
