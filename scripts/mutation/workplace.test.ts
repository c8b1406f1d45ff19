import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { repositoryRoot } from '../workspace.ts'
import type { Mutation } from './mutation.ts'
import { Workplace } from './workplace.ts'

const file = 'packages/core/src/access/plan.ts'
const change: Mutation = { name: 'a plan', file, from: 'queriesPerSecond: 1,', to: "queriesPerSecond: '$&',", tests: [] }

test('a change is made in the copy alone, and taken back', { timeout: 60_000 }, async () => {
  const workplace = new Workplace()
  const sourceIn = (folder: string): string => readFileSync(join(folder, file), 'utf8')
  const source = sourceIn(repositoryRoot)
  const takeBack = workplace.apply(change)
  expect(sourceIn(workplace.folder)).toBe(source.replace('queriesPerSecond: 1,', "queriesPerSecond: '$$&',"))
  expect(sourceIn(repositoryRoot)).toBe(source)
  takeBack()
  expect(sourceIn(workplace.folder)).toBe(source)
  await workplace.remove()
  expect(existsSync(workplace.folder)).toBe(false)
})

test('a change whose text is not there, or more than once, or that changes nothing, can’t be tried', { timeout: 60_000 }, async () => {
  const workplace = new Workplace()
  expect(workplace.flawOf(change)).toBeUndefined()
  expect(workplace.flawOf({ ...change, from: 'queriesPerSecond: 7,' })).toMatch(/stands 0 times/)
  expect(workplace.flawOf({ ...change, from: 'monthlyQueries' })).toMatch(/stands \d+ times/)
  expect(workplace.flawOf({ ...change, to: change.from })).toMatch(/nothing/)
  await workplace.remove()
})

test('nothing is left of a copy whose process was killed', { timeout: 60_000 }, async () => {
  const program = `import { Workplace } from ${JSON.stringify(new URL('workplace.ts', import.meta.url).href)}
    console.log(new Workplace().folder)
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [printed] = (await once(child.stdout, 'data')) as [Buffer]
  const folder = printed.toString().trim()
  expect(existsSync(join(folder, file))).toBe(true)
  child.kill('SIGKILL')
  await vi.waitFor(() => expect(existsSync(folder)).toBe(false), { timeout: 20_000, interval: 50 })
})
