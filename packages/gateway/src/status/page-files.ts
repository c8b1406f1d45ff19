import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type MemoryFile, readMemoryFile, typeOf } from '../http/static-files.ts'

/** The page's files by name, as they lie in the package; `preact.js` is the framework's own module. */
export function readPageFiles(): ReadonlyMap<string, MemoryFile> {
  // The package's own name leads to its folder from the sources and from the build.
  const { resolve } = createRequire(import.meta.url)
  const folder = join(dirname(resolve('@trinity/gateway/package.json')), 'web', 'status')
  const names = readdirSync(folder).filter((name) => typeOf(name) !== undefined)
  const files = new Map(names.map((name) => [name, readMemoryFile(join(folder, name))]))
  return files.set('preact.js', readMemoryFile(resolve('preact')))
}
