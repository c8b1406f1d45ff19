import type { Command } from 'commander'
import { addDecode } from './decode.ts'
import { addDoctor } from './doctor.ts'
import { addKeys } from './keys.ts'
import { addNewConnector } from './new-connector.ts'
import { addRecord } from './record.ts'
import { createRoot } from './root.ts'
import { addStart } from './start.ts'
import { addStress } from './stress.ts'

/** The `trinity` command with all its subcommands. */
export function createProgram(): Command {
  const program = createRoot()
  addStart(program)
  addDecode(program)
  addRecord(program)
  addKeys(program)
  addStress(program)
  addDoctor(program)
  addNewConnector(program)
  return program
}
