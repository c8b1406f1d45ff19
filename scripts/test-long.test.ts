import { describe, expect, test } from 'vitest'
import { chooseFiles, summarize } from './test-long.ts'

const files = ['packages/core/src/board/torn-reads.long.ts', 'packages/core/src/feed/faults.long.ts', 'packages/connectors/okx/src/fuzz.long.ts']

describe('the choice of long tests', () => {
  test('takes every file without an area', () => {
    expect(chooseFiles(files, [])).toEqual(files)
  })

  test('takes the files whose path holds an area', () => {
    expect(chooseFiles(files, ['board', 'fuzz'])).toEqual([files[0], files[2]])
  })

  test('takes all that a named area stands for', () => {
    expect(chooseFiles([...files, 'packages/gateway/src/feeds.long.ts'], ['feeds'])).toEqual([files[1], 'packages/gateway/src/feeds.long.ts'])
  })

  test('takes nothing for an unknown area', () => {
    expect(chooseFiles(files, ['webhooks'])).toEqual([])
  })
})

test('the summary counts what passed and rounds the time', () => {
  const report = {
    testResults: [{ name: '/elsewhere/a.long.ts', startTime: 1000, endTime: 13_340, assertionResults: [{ status: 'passed' }, { status: 'failed' }] }],
  }
  expect(summarize(report)).toEqual(['    12.3 s  1/2 passed  /elsewhere/a.long.ts'])
})
