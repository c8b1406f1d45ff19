import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, release } from 'node:os'
import { join } from 'node:path'
import type { BenchOptions, BenchReport } from './bench.ts'

/** What a run leaves behind, as written to `NAME.json`. */
export interface BenchResult extends Pick<BenchReport, 'ratios' | 'rows'> {
  readonly name: string
  /** Epoch milliseconds of the run's end. */
  readonly at: number
  readonly machine: Readonly<Record<string, string | number>>
  readonly rounds: number
  /** True when the figures mean nothing. */
  readonly quick: boolean
}

export function benchResult(name: string, { ratios, rows }: BenchReport, { rounds, quick }: BenchOptions): BenchResult {
  const processors = cpus()
  const machine = {
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    os: `${process.platform} ${release()} ${process.arch}`,
    node: process.version,
  }
  return { name, at: Date.now(), machine, rounds, quick, ratios, rows }
}

/** Writes `NAME.json` into a folder, which is made if need be. */
export async function writeResult(folder: string, result: BenchResult): Promise<string> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${result.name}.json`)
  await writeFile(path, `${JSON.stringify(result, null, 2)}\n`)
  return path
}
