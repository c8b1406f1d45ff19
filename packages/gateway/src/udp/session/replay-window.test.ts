import { array, assert, integer, oneof, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ReplayWindows } from './replay-window.ts'

/** Ids around a moving position: next ones, repeated ones, and jumps as wide as the window and wider. */
const steps = array(oneof(integer({ min: -3, max: 3 }), integer({ min: -1100, max: 1100 }), integer({ min: 0, max: 5000 })), { maxLength: 300 })

describe('the window of request ids', () => {
  test('takes each id once, and none that is 1,024 or more behind the highest', () => {
    assert(
      property(integer({ min: 0, max: 2 ** 30 - 1 }), steps, (start, moves) => {
        const windows = new ReplayWindows(2)
        const accepted = new Set<number>()
        let highest = -1
        let position = start
        for (const move of [0, ...moves]) {
          position = Math.max(0, position + move)
          if (highest === -1 && position >= 2 ** 30) continue
          const expected =
            accepted.has(position) && position > highest - 1024 ? 'repeated' : highest >= 0 && position <= highest - 1024 ? 'too old' : 'new'
          expect(windows.judge(2, position)).toBe(expected)
          if (expected !== 'new') continue
          windows.accept(2, position)
          accepted.add(position)
          highest = Math.max(highest, position)
        }
        expect(windows.judge(1, start)).toBe('new')
      }),
    )
  })

  test('judging alone moves nothing', () => {
    const windows = new ReplayWindows(1)
    windows.accept(1, 10)
    for (let i = 0; i < 3; i++) expect(windows.judge(1, 1_000_000)).toBe('new')
    expect(windows.judge(1, 9)).toBe('new')
  })

  test('begins below 2^30 and never reaches 2^31', () => {
    const windows = new ReplayWindows(1)
    expect(windows.judge(1, 2 ** 30)).toBe('out of range')
    expect(windows.judge(1, 2 ** 30 - 1)).toBe('new')
    windows.accept(1, 2 ** 30 - 1)
    expect(windows.judge(1, 2 ** 31 - 1)).toBe('new')
    windows.accept(1, 2 ** 31 - 1)
    expect(windows.judge(1, 2 ** 31 - 1)).toBe('repeated')
    expect(windows.judge(1, 2 ** 31)).toBe('out of range')
    expect(windows.judge(1, 2 ** 32 - 1)).toBe('out of range')
  })

  test('is empty again after a reset', () => {
    const windows = new ReplayWindows(1)
    windows.accept(1, 5000)
    windows.reset(1)
    expect(windows.judge(1, 5000)).toBe('new')
    expect(windows.judge(1, 3)).toBe('new')
  })
})
