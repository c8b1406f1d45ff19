import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new folder that goes away with the test. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trinity-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A line of a recording; a text stands as it is. */
export type RecordingLine = string | { readonly at?: number | null; readonly dir?: 'in' | 'out'; readonly frame: string }

/** Writes a recording; gives back its path. */
export function writeRecording(folder: string, name: string, lines: readonly RecordingLine[]): string {
  const file = join(folder, name)
  mkdirSync(dirname(file), { recursive: true })
  const rows = lines.map((line) =>
    typeof line === 'string' ? line : JSON.stringify({ at: line.at ?? null, dir: line.dir ?? 'in', frame: line.frame }),
  )
  writeFileSync(file, rows.map((row) => `${row}\n`).join(''))
  return file
}
