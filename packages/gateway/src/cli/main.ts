import { Command, CommanderError } from 'commander'
import { isTrinityError } from '@trinity/core'
import { addDecode } from './decode.ts'
import { addDoctor } from './doctor.ts'
import { addKeys } from './keys.ts'
import { addNewConnector } from './new-connector.ts'
import { addRecord } from './record.ts'
import { addStart } from './start.ts'
import { addStress } from './stress.ts'
import { paint } from './terminal.ts'

/** The `trinity` command with all its subcommands. */
export function createProgram(): Command {
  const program = new Command('trinity')
    .description('Exact prices of six exchanges, honest about their age.')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(trinity --help shows what there is)')
  addStart(program)
  addDecode(program)
  addRecord(program)
  addKeys(program)
  addStress(program)
  addDoctor(program)
  addNewConnector(program)
  return program
}

/** Runs the command line; a known error is one line on standard error and exit code 1. */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader that has seen enough (`| head`) closes the pipe; that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  try {
    await createProgram()
      .exitOverride()
      .parseAsync([...argv])
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
