import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** What came of test files. */
export type TestOutcome =
  | { readonly state: 'passed' }
  /** `by` is the test that failed first; empty where none did and the time was up. */
  | { readonly state: 'failed'; readonly by: string }
  /** Nothing was tested. */
  | { readonly state: 'broken'; readonly why: string }

/** What vitest's JSON reporter writes, as far as it is read here. */
interface TestReport {
  readonly testResults: readonly { readonly assertionResults: readonly TestResult[] }[]
}

interface TestResult {
  readonly status: string
  readonly fullName: string
}

const endWithParent = new URL('end-with-parent.ts', import.meta.url).href

/**
 * Runs test files of a copy until the first failure, at most for `limitMs`. They run on threads of one process, so that nothing outlives it.
 * @param retries how often a test is repeated before it has failed
 */
export async function runTests(folder: string, tests: readonly string[], limitMs: number, retries = 0): Promise<TestOutcome> {
  const report = join(folder, 'report.json')
  rmSync(report, { force: true })
  const args = ['run', '--pool=threads', '--bail=1', `--retry=${retries}`, '--reporter=json', `--outputFile.json=${report}`, ...tests]
  const child = spawn(process.execPath, ['--import', endWithParent, 'node_modules/vitest/vitest.mjs', ...args], {
    cwd: folder,
    env: plainEnvironment(),
    stdio: ['pipe', 'ignore', 'pipe'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  })
  let errors = ''
  child.stderr.on('data', (part: Buffer) => (errors += part.toString()))
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => child.once('close', (...end) => resolve(end)))
  // A signal that is not ours says nothing of the tests.
  if (signal !== null) return child.killed ? { state: 'failed', by: '' } : { state: 'broken', why: signal }
  const failed = resultsIn(report).find(({ status }) => status === 'failed')
  if (failed !== undefined) return { state: 'failed', by: failed.fullName }
  return code === 0 ? { state: 'passed' } : { state: 'broken', why: errors.trim().slice(0, 1000) }
}

/** Nothing where vitest itself failed. */
function resultsIn(report: string): readonly TestResult[] {
  try {
    return (JSON.parse(readFileSync(report, 'utf8')) as TestReport).testResults.flatMap(({ assertionResults }) => assertionResults)
  } catch {
    return []
  }
}

/** What a run inside another run of vitest must not see of it. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VITEST|VITE_|NODE_OPTIONS$|NODE_ENV$|TEST$)/.test(name)))
}
