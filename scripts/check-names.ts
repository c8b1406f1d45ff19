/**
 * Core and gateway know no venue: the name of an exchange may stand in settings data, in the list of default connectors, in
 * benches and in tests, and nowhere else in them.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from './workspace.ts'

const name = /coinbase|gemini|kraken|gate\.?io|crypto\.?com|okx/i
const sources = 'packages/{core,gateway}/**/*.{ts,js,cjs,mjs,sql,c,h}'
const skipped = ['**/node_modules/**', '**/dist/**', '**/fixtures/**', '**/*.test.ts', '**/*.long.ts', '**/test-support/**']
const allowed = [
  'packages/gateway/src/settings/**',
  'packages/gateway/src/connectors.ts',
  'packages/gateway/src/simulators.ts',
  'packages/gateway/bench/**',
]

/** A line of a source that names an exchange. */
export interface NamedExchange {
  /** Relative to the root. */
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  readonly text: string
}

/** Looks through the sources below `root`. */
export function findExchangeNames(root: string): readonly NamedExchange[] {
  const files = globSync(sources, { cwd: root, exclude: [...skipped, ...allowed] }).toSorted()
  return files.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .map((text, index) => ({ file, line: index + 1, text: text.trim() }))
      .filter(({ text }) => name.test(text)),
  )
}

if (import.meta.main) {
  const found = findExchangeNames(repositoryRoot)
  for (const { file, line, text } of found) console.error(`${file}:${line}: ${text}`)
  console.log(found.length === 0 ? 'No exchange is named in core or gateway sources.' : `${found.length} lines name an exchange.`)
  process.exitCode = found.length === 0 ? 0 : 1
}
