/** Writes docs/reference from the sources; with --check it only compares, and says which page is out of date. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commandPage } from './reference/command-page.ts'
import { errorPage } from './reference/error-page.ts'
import { exchangePage } from './reference/exchange-page.ts'
import { limitPage } from './reference/limit-page.ts'
import { metricPage } from './reference/metric-page.ts'
import { openApiDocument } from './reference/openapi-document.ts'
import { settingPage } from './reference/setting-page.ts'
import { repositoryRoot } from './workspace.ts'

const folder = join(repositoryRoot, 'docs', 'reference')

/** Every generated page by its file name. */
async function renderPages(): Promise<Readonly<Record<string, string>>> {
  return {
    'commands.md': commandPage(),
    'errors.md': errorPage(),
    'exchanges.md': exchangePage(),
    'limits.md': limitPage(),
    'metrics.md': await metricPage(),
    'settings.md': settingPage(),
    'openapi.json': await openApiDocument(),
  }
}

function readPage(file: string): string {
  try {
    return readFileSync(join(folder, file), 'utf8')
  } catch {
    return ''
  }
}

const pages = await renderPages()
const outdated = Object.entries(pages).filter(([file, text]) => readPage(file) !== text)
if (process.argv.includes('--check')) {
  for (const [file] of outdated) console.error(`docs/reference/${file} is out of date; run npm run docs:reference.`)
  process.exitCode = outdated.length === 0 ? 0 : 1
} else {
  mkdirSync(folder, { recursive: true })
  for (const [file, text] of outdated) writeFileSync(join(folder, file), text)
  console.log(`${Object.keys(pages).length} pages, ${outdated.length} written.`)
}
