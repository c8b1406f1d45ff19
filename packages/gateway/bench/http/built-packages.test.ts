import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { arePackagesBuilt } from './built-packages.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-packages-'))
  for (const name of ['core', 'connectors/one']) {
    write(`${name}/package.json`, 0)
    write(`${name}/src/deep/source.ts`, 100)
    write(`${name}/dist/index.js`, 200)
  }
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(file: string, seconds: number): void {
  const path = join(folder, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, '')
  utimesSync(path, seconds, seconds)
}

test('packages are built when each build is newer than what it was made from', () => {
  write('core/src/late.test.ts', 300)
  expect(arePackagesBuilt(folder)).toBe(true)
})

test('a source that is newer than the build counts as not built', () => {
  write('connectors/one/src/deep/source.ts', 300)
  expect(arePackagesBuilt(folder)).toBe(false)
})

test('one package without a build is enough', () => {
  rmSync(join(folder, 'connectors/one/dist'), { recursive: true })
  expect(arePackagesBuilt(folder)).toBe(false)
})
