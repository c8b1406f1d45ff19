import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { VoidRun } from '../bench.ts'

/** The programs in C beside the benches. */
export type NativeProgram = 'reference_udp' | 'load_udp' | 'load_http'

const sources = fileURLToPath(new URL('../native/', import.meta.url))
const built = fileURLToPath(new URL('../../native/build/bench/', import.meta.url))

/** Where a program is once {@link buildPrograms} has made it. */
export function programPath(name: NativeProgram): string {
  return join(built, name)
}

/** Compiles the programs that are older than the sources; without a compiler there is nothing to measure with. */
export function buildPrograms(names: readonly NativeProgram[]): VoidRun | undefined {
  if (process.platform !== 'linux') return { wrong: `its programs in C are for Linux, this is ${process.platform}` }
  mkdirSync(built, { recursive: true })
  const newest = Math.max(...readdirSync(sources).map((file) => statSync(join(sources, file)).mtimeMs))
  const old = names.filter((name) => (statSync(programPath(name), { throwIfNoEntry: false })?.mtimeMs ?? 0) <= newest)
  return old.map(compile).find((wrong) => wrong !== undefined)
}

function compile(name: NativeProgram): VoidRun | undefined {
  const [command = 'cc', ...options] = (process.env.CC ?? 'cc').split(' ')
  // Another run may be building too: the file is replaced whole.
  const fresh = `${programPath(name)}.${process.pid}`
  const flags = ['-std=gnu11', '-O2', '-Wall', '-Wextra', ...options, '-o', fresh]
  const { status, error, stderr } = spawnSync(command, [...flags, join(sources, `${name}.c`)], { encoding: 'utf8' })
  if (error !== undefined) return { wrong: `its programs in C need a compiler, and there is no ${command}` }
  if (status !== 0) return { wrong: `${name}.c does not compile: ${stderr}` }
  renameSync(fresh, programPath(name))
  return undefined
}
