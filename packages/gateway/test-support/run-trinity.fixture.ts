import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { tempFolder } from './temp-folder.fixture.ts'

/** Path of the command, to be run by Node. */
export const trinityCommand = fileURLToPath(new URL('../bin/trinity.js', import.meta.url))

/** How a command ended. */
export interface RunResult {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

type Environment = Readonly<Record<string, string>>

/** A command under way. */
export interface RunningTrinity {
  readonly child: ChildProcessWithoutNullStreams
  readonly stdout: string
  readonly stderr: string
  readonly ended: Promise<RunResult>
  /** The base address that `start` printed. */
  address(): Promise<string>
}

/** Starts the `trinity` command as its own process, with no setting but those given, free ports and a data directory of its own, in a working directory. */
export function startTrinity(args: readonly string[], environment: Environment = {}, folder?: string): RunningTrinity {
  const child = spawn(process.execPath, [trinityCommand, ...args], {
    ...(folder === undefined ? {} : { cwd: folder }),
    env: {
      PATH: process.env.PATH,
      TCP_PORT_LPO: '0',
      UDP_PORT_LPO: '0',
      ADMIN_PORT: '0',
      TRINITY_DATA_DIR: tempFolder(),
      ...environment,
    },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (part: Buffer) => (stdout += part.toString()))
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()))
  const ended = new Promise<RunResult>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })))
  return {
    child,
    get stdout() {
      return stdout
    },
    get stderr() {
      return stderr
    },
    ended,
    async address() {
      return new Promise((resolve, reject) => {
        const look = (): void => {
          const found = /answers at (http:\/\/\S+:\d+)/.exec(stdout)?.[1]
          if (found !== undefined) resolve(found)
        }
        child.stdout.on('data', look)
        void ended.then(() => reject(new Error(`trinity ended before it answered: ${stderr}`)))
        look()
      })
    },
  }
}

/** Runs the `trinity` command to its end, with `input` on its standard input. */
export async function runTrinity(
  args: readonly string[],
  { input = '', environment = {}, folder }: { input?: string | Uint8Array; environment?: Environment; folder?: string } = {},
): Promise<RunResult> {
  const { child, ended } = startTrinity(args, environment, folder)
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  return ended
}
