import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { buildNative } from './build-native.ts'

const compiler = 'cc'
const hasCompiler = process.platform === 'linux' && spawnSync(compiler, ['--version']).status === 0

function output(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trinity-native-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'build/addon.node')
}

test.skipIf(!hasCompiler)('the addon compiles without a warning, loads, and is made once', () => {
  const file = output()
  expect(buildNative(`${compiler} -Werror`, file).outcome).toBe('built')
  expect(createRequire(import.meta.url)(file)).toMatchObject({ batchSlots: 64, slotBytes: 1216, open: expect.any(Function) })
  expect(buildNative(compiler, file).outcome).toBe('current')
})

test.skipIf(process.platform !== 'linux')('no compiler is not an error: one line says so', () => {
  const { outcome, text } = buildNative('no-such-compiler', output())
  expect(outcome).toBe('skipped')
  expect(text).toMatch(/^No C compiler \(no-such-compiler\) found: [^\n]+$/)
})

test.skipIf(!hasCompiler)('a compiler that fails is one, in its own words, and leaves no file', () => {
  const file = output()
  const { outcome, text } = buildNative(`${compiler} -Werror -DBATCH_SLOTS=many`, file)
  expect(outcome).toBe('failed')
  expect(text).toContain('BATCH_SLOTS')
  expect(existsSync(dirname(file)) ? readdirSync(dirname(file)) : []).toEqual([])
})
