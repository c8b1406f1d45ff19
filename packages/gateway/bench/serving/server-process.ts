import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { TrinityError } from '@trinity/core'
import { boundCommand } from './processors.ts'

/** How a server of a bench is started: a program, or one of our scripts. */
export interface ServerCommand {
  readonly start: string | URL
  readonly args: readonly string[]
  /** Handed over on standard input. */
  readonly input?: string
}

/** A server that listens on loopback. */
export interface ServerProcess {
  readonly pid: number
  readonly port: number
  /** Ends it and tells how many requests it answered. @throws TrinityError when it can't tell */
  stop(): Promise<number>
}

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Where stripped sources and compiled code are kept from run to run: without them a server takes two or three times as long to start. */
export const compileCache = fileURLToPath(new URL('../../../../node_modules/.cache/trinity', import.meta.url))

/** Runs the process of a server on its processor; it ends with this one at the latest. */
export function spawnServer(program: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcessByStdio<Writable, Readable, null> {
  const [command, given] = boundCommand('server', program, args)
  const child = spawn(command, given, { stdio: ['pipe', 'pipe', 'inherit'], env })
  running.add(child)
  child.once('exit', () => running.delete(child))
  // One that never reads may be gone before it is told anything.
  child.stdin.on('error', () => undefined)
  return child
}

/** Starts a server; it prints its port as JSON when it listens, and the count of its answers when it is ended. */
export async function startServer({ start, args, input = '' }: ServerCommand): Promise<ServerProcess> {
  const [program, given] =
    typeof start === 'string' ? [start, args] : [process.execPath, ['--conditions=@trinity/source', fileURLToPath(start), ...args]]
  const child = spawnServer(program, given, { NODE_COMPILE_CACHE: compileCache, ...process.env })
  child.stdin.end(input)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const nextNumber = async (field: string): Promise<number> => {
    const { value } = (await lines.next()) as { readonly value: string | undefined }
    const report = value === undefined ? {} : (JSON.parse(value) as Readonly<Record<string, number>>)
    if (report[field] === undefined) throw new TrinityError('TRN_INTERNAL', `A server of the bench ended without telling its ${field}.`)
    return report[field]
  }
  const port = await nextNumber('port')
  return {
    pid: child.pid ?? 0,
    port,
    async stop() {
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      const answered = await nextNumber('answered')
      await exit
      return answered
    },
  }
}
