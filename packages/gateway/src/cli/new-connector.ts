import { type Command } from 'commander'
import { loadConnectors } from '../load-connectors.ts'
import { createScaffold, freeWireId, readConnectorName } from '../scaffold/scaffold.ts'
import { readConnectorNames } from '../settings/settings.ts'
import { paint } from './terminal.ts'

/** Adds `trinity new-connector`. */
export function addNewConnector(program: Command): void {
  program
    .command('new-connector')
    .description('Make the package of a new exchange: a literal to fill in, fixtures, and the tests of the conformance kit.')
    .argument('<name>', 'lower-case name of the exchange, as my-venue')
    .option('--dir <dir>', 'new folder for it; default: packages/connectors/NAME in a clone, ./NAME elsewhere')
    .option('--json', 'print the result as one JSON line')
    .action(async (name: string, options: { dir?: string; json?: boolean }) => {
      const { connectors } = await loadConnectors(readConnectorNames(process.env))
      const wireId = freeWireId(connectors)
      const scaffold = createScaffold({
        name: readConnectorName(name, connectors),
        wireId,
        ...(options.dir === undefined ? {} : { folder: options.dir }),
      })
      if (options.json === true) return void process.stdout.write(`${JSON.stringify(scaffold)}\n`)
      const { folder, files, modulePath } = scaffold
      process.stdout.write(
        [
          `${paint('bold', folder)} is the package of ${name}:`,
          ...files.map((file) => `  ${file}`),
          `Fill in src/index.ts and fixtures/, run its tests, then: ${paint('green', `TRINITY_CONNECTORS=${modulePath} npx trinity start`)}`,
          '',
        ].join('\n'),
      )
    })
}
