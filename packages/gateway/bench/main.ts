import { styleText } from 'node:util'
import { TrinityError, isTrinityError } from '@trinity/core'
import { Command, InvalidArgumentError } from 'commander'
import type { Bench, BenchOptions, BenchReport } from './bench.ts'
import { benches } from './benches.ts'
import { type BenchResult, benchResult, writeResult } from './result-file.ts'
import { writePage } from './page/benchmarks-page.ts'
import { tableLines } from './table.ts'

interface MainOptions extends BenchOptions {
  readonly json: boolean
  readonly out: string
  readonly page?: string
}

const list = Object.entries(benches).map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`)

const program = new Command('npm run bench --')
  .description('Measures the product beside references, all in one run; the claim is the ratio.')
  .argument('[name]', 'one bench; all of them without it')
  .option('--rounds <count>', 'interleaved rounds; the median is quoted', wholeNumber, 7)
  .option('--quick', 'one pass a round: does it run and answer right? The figures mean nothing', false)
  .option('--json', 'print the result as JSON, no table', false)
  .option('--out <folder>', 'where the result files go', 'bench-results')
  .option('--page <folder>', 'write benchmarks.md and its chart there, from all result files')
  .addHelpText('after', `\nBenches:\n${list.join('\n')}`)
  .action(runBenches)

try {
  await program.parseAsync()
} catch (error) {
  if (!isTrinityError(error)) throw error
  console.error(error.message)
  process.exitCode = 1
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 to 999.')
  return Number(text)
}

async function runBenches(name: string | undefined, options: MainOptions): Promise<void> {
  if (name !== undefined && !Object.hasOwn(benches, name)) {
    throw new TrinityError('TRN_SETTING_INVALID', `There is no bench '${name}'; there are: ${Object.keys(benches).join(', ')}.`)
  }
  for (const [each, { load }] of Object.entries(benches)) {
    if (name === undefined || name === each) await runBench(each, await load(), options)
  }
  if (options.page !== undefined) console.error(`written to ${await writePage(options.out, options.page)}`)
}

async function runBench(name: string, bench: Bench, options: MainOptions): Promise<void> {
  const found = await bench(options)
  if ('wrong' in found) {
    console.error(`bench ${name} is void: ${found.wrong}`)
    process.exitCode = 1
    return
  }
  const result = benchResult(name, found, options)
  const path = await writeResult(options.out, result)
  console.log(options.json ? JSON.stringify(result) : tableText(result, found))
  console.error(`written to ${path}`)
}

/** Without colours when piped. */
function tableText({ name, machine, rounds, quick }: BenchResult, { table, lines }: BenchReport): string {
  const style = (format: Parameters<typeof styleText>[0], text: string): string => styleText(format, text, { stream: process.stdout })
  const [head = '', ...rows] = tableLines(table)
  const title = `${name}: ${rounds} interleaved rounds on ${Object.values(machine).join(', ')}${quick ? ' (quick: the figures mean nothing)' : ''}`
  return [style('bold', title), style('dim', head), ...rows, ...lines.map((line) => style('dim', line))].join('\n')
}
