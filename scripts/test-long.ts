/**
 * Runs the long tests, the ones that prove a figure: `npm run test:long [-- AREA…]`. An area is a part of a file's path
 * (`board`, `fuzz`) or a name for several (`feeds`); without one all of them run, one after another. What a test measures it prints itself.
 */
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { repositoryRoot } from './workspace.ts'

/** What vitest's JSON reporter writes, as far as it is read here. */
interface TestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly startTime: number
    readonly endTime: number
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

/** Areas that are more than one folder. */
const namedAreas: Readonly<Record<string, readonly string[]>> = { feeds: ['/feed/', '/feeds', '/simulation/', '/stream/'] }

/** The files whose path holds one of the areas. */
export function chooseFiles(files: readonly string[], areas: readonly string[]): readonly string[] {
  const parts = areas.flatMap((area) => namedAreas[area] ?? [area])
  return areas.length === 0 ? files : files.filter((file) => parts.some((part) => file.includes(part)))
}

/** One line per file: seconds, passed of run, name. */
export function summarize(report: TestReport): readonly string[] {
  return report.testResults.map(({ name, startTime, endTime, assertionResults }) => {
    const passed = assertionResults.filter(({ status }) => status === 'passed').length
    const seconds = ((endTime - startTime) / 1000).toFixed(1)
    return `${seconds.padStart(8)} s  ${passed}/${assertionResults.length} passed  ${name.replace(`${repositoryRoot}/`, '')}`
  })
}

function runFiles(files: readonly string[]): number {
  const folder = mkdtempSync(join(tmpdir(), 'trinity-long-'))
  const report = join(folder, 'report.json')
  try {
    const vitest = join(repositoryRoot, 'node_modules/vitest/vitest.mjs')
    const args = ['run', '--config', 'vitest.long.config.ts', '--reporter=verbose', '--reporter=json', `--outputFile.json=${report}`, ...files]
    const { status } = spawnSync(process.execPath, [vitest, ...args], { cwd: repositoryRoot, stdio: ['ignore', 'inherit', 'inherit'] })
    console.log('\nLong tests')
    for (const line of summarize(JSON.parse(readFileSync(report, 'utf8')) as TestReport)) console.log(line)
    return status ?? 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const areas = process.argv.slice(2)
  const all = globSync('{packages,scripts}/**/*.long.ts', { cwd: repositoryRoot, exclude: ['**/node_modules/**'] }).toSorted()
  const files = chooseFiles(all, areas)
  if (files.length === 0) {
    console.error(`No long test${areas.length === 0 ? '' : ` matches ${areas.join(', ')}`}. There are:\n${all.join('\n') || '(none)'}`)
    process.exitCode = 1
  } else {
    console.log(`${files.length} of ${all.length} long test files on ${availableParallelism()} cores, Node ${process.version}\n${files.join('\n')}`)
    process.exitCode = runFiles(files)
  }
}
