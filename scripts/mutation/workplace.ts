import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { repositoryRoot } from '../workspace.ts'
import type { Mutation } from './mutation.ts'

/** What the tests of the mutated packages need. */
const copied = ['package.json', 'tsconfig.json', 'vitest.config.ts', 'docs/reference', 'packages/core', 'packages/udp', 'packages/webhook-client']

/** A copy of the sources in which changes are tried. The tree itself is never touched. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'trinity-mutation-'))
  readonly #remover = spawn('sh', ['-c', 'cat; rm -rf "$FOLDER"'], {
    env: { ...process.env, FOLDER: this.folder },
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })

  constructor() {
    for (const path of copied) copyWithoutBuilds(join(repositoryRoot, path), join(this.folder, path))
    this.#linkDependencies()
  }

  /** Why a change can't be tried here; undefined where it can. */
  flawOf({ file, from, to }: Mutation): string | undefined {
    const count = this.#read(file).split(from).length - 1
    if (count !== 1) return `its text stands ${count} times in ${file}, not once: ${JSON.stringify(from)}`
    return from === to ? 'it changes nothing' : undefined
  }

  /** Makes a change. @returns takes it back */
  apply({ file, from, to }: Mutation): () => void {
    const source = this.#read(file)
    writeFileSync(
      join(this.folder, file),
      source.replace(from, () => to),
    )
    return () => writeFileSync(join(this.folder, file), source)
  }

  /** Removes the copy. Another process does that, which also sees when this one was killed. */
  async remove(): Promise<void> {
    const removed = new Promise((resolve) => this.#remover.once('close', resolve))
    this.#remover.stdin.end()
    await removed
  }

  #read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8')
  }

  /** Packages of the workspace are those of the copy, all others those of the tree. */
  #linkDependencies(): void {
    const [modules, ownModules] = [join(repositoryRoot, 'node_modules'), join(this.folder, 'node_modules')]
    mkdirSync(join(ownModules, '@trinity'), { recursive: true })
    for (const name of readdirSync(modules)) {
      if (name !== '@trinity' && !name.startsWith('.')) symlinkSync(join(modules, name), join(ownModules, name))
    }
    for (const path of copied) {
      if (dirname(path) === 'packages') symlinkSync(resolve(this.folder, path), join(ownModules, '@trinity', basename(path)))
    }
  }
}

function copyWithoutBuilds(from: string, to: string): void {
  cpSync(from, to, { recursive: true, filter: (path) => !['node_modules', 'dist'].includes(basename(path)) })
}
