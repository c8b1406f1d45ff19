import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'

/** A file of the page, held in memory. */
export interface PageFile {
  readonly bytes: Buffer
  readonly type: string
  /** Strong validator, quoted. */
  readonly etag: string
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** The page's files by name, as they lie in the package; `preact.js` is the framework's own module. */
export function readPageFiles(): ReadonlyMap<string, PageFile> {
  // The package's own name leads to its folder from the sources and from the build.
  const { resolve } = createRequire(import.meta.url)
  const folder = join(dirname(resolve('@trinity/gateway/package.json')), 'web', 'status')
  const files = new Map<string, PageFile>()
  for (const name of readdirSync(folder)) {
    const type = types[extname(name)]
    if (type !== undefined) files.set(name, pageFile(readFileSync(join(folder, name)), type))
  }
  files.set('preact.js', pageFile(readFileSync(resolve('preact')), types['.js'] ?? ''))
  return files
}

function pageFile(bytes: Buffer, type: string): PageFile {
  return { bytes, type, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"` }
}
