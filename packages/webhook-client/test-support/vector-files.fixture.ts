import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Vector } from './run-vectors.fixture.ts'

const folder = join(import.meta.dirname, '..', 'vectors')

/** The cases of `vectors/*.json` by file name. */
export const vectorFiles: ReadonlyMap<string, readonly Vector[]> = new Map(
  globSync('*.json', { cwd: folder })
    .toSorted()
    .map((file) => [basename(file, '.json'), (JSON.parse(readFileSync(join(folder, file), 'utf8')) as { cases: readonly Vector[] }).cases]),
)
