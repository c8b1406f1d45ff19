import { Command } from 'commander'

/** The `trinity` command, still without subcommands. */
export function createRoot(): Command {
  return new Command('trinity')
    .description('Exact prices of six exchanges, honest about their age.')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(trinity --help shows what there is)')
}
