import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../../test-support/temp-folder.fixture.ts'
import { describeDataFolder } from './data-folder.ts'

function makeFolders(...names: readonly string[]): string {
  const root = tempFolder()
  for (const name of names) mkdirSync(join(root, name), { recursive: true })
  return root
}

const placeOf = (folder: string): string => `Servers on the data directory ${folder} know it within a second.`
const isNew = 'That directory is new.'

function adviceOf(root: string): string {
  return `${isNew} A server started in ${root} uses ${join(root, '.trinity')} and does not know this key; TRINITY_DATA_DIR chooses.`
}

describe('a data directory', () => {
  test('that exists is named, whatever is above it', () => {
    const root = makeFolders('.trinity', '.git', 'a/.trinity')
    expect(describeDataFolder('.trinity', root)).toEqual([placeOf(join(root, '.trinity'))])
    expect(describeDataFolder('.trinity', join(root, 'a'))).toEqual([placeOf(join(root, 'a/.trinity'))])
  })

  test('that is new is called so', () => {
    const root = makeFolders('.git', 'a')
    expect(describeDataFolder('.trinity', root)).toEqual([placeOf(join(root, '.trinity')), isNew])
    const absolute = join(root, 'keys')
    expect(describeDataFolder(absolute, join(root, 'a'))).toEqual([placeOf(absolute), isNew])
  })

  test('that is new in a sub-folder of a checkout is another one than at its root', () => {
    const root = makeFolders('.git', 'a/b')
    expect(describeDataFolder('.trinity', join(root, 'a/b'))).toEqual([placeOf(join(root, 'a/b/.trinity')), adviceOf(root)])
  })

  test('that is new below a folder that has one is another one than that', () => {
    const root = makeFolders('.git', 'a/.trinity', 'a/b/c')
    expect(describeDataFolder('.trinity', join(root, 'a/b/c'))).toEqual([placeOf(join(root, 'a/b/c/.trinity')), adviceOf(join(root, 'a'))])
  })
})
