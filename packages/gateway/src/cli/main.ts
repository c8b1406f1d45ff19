import { type Command, CommanderError } from 'commander'
import { isTrinityError } from '@trinity/core'
import { createRoot } from './root.ts'
import { paint } from './terminal.ts'

/** Runs the command line; a known error is one line on standard error and exit code 1. */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader that has seen enough (`| head`) closes the pipe; that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  try {
    const program = argv[2] === 'start' ? await createServerProgram() : (await import('./program.ts')).createProgram()
    await program.exitOverride().parseAsync([...argv])
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode
      return
    }
    if (!isTrinityError(error)) throw error
    process.stderr.write(`${paint('red', error.code, process.stderr)} ${error.message}\n`)
    process.exitCode = 1
  }
}

/**
 * A server runs for months, and what the other subcommands are made of would take some 10 MB of it. Imported here so that a broken asset table,
 * which is read on import, is one line too.
 */
async function createServerProgram(): Promise<Command> {
  const { addStart } = await import('./start.ts')
  const program = createRoot()
  addStart(program)
  return program
}
