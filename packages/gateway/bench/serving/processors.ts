import { spawnSync } from 'node:child_process'

/** Which processor a process of a bench is bound to: servers to the first, load generators to the second. */
export type Role = 'server' | 'load'

const processorOf = { server: '0', load: '1' } as const satisfies Record<Role, string>

let bindable: boolean | undefined

/** Whether servers and load generators get a processor each. */
export function hasProcessorEach(): boolean {
  return (bindable ??= Object.values(processorOf).every((processor) => spawnSync('taskset', ['-c', processor, 'true']).status === 0))
}

/** A command bound to the processor of its role where the machine lets us; the process id stays the command's own. */
export function boundCommand(role: Role, command: string, args: readonly string[]): readonly [string, readonly string[]] {
  return hasProcessorEach() ? ['taskset', ['-c', processorOf[role], command, ...args]] : [command, args]
}
