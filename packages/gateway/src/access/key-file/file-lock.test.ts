import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../../../test-support/temp-folder.fixture.ts'
import { withFileLock } from './file-lock.ts'

/** The id of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid
}

function lockOf(pid: number, host = hostname()): string {
  return JSON.stringify({ host, pid, token: 'of the dead' })
}

/** Runs many actions under the lock; how many were inside at most at one time. */
async function crowd(file: string, count: number): Promise<number> {
  let [inside, most] = [0, 0]
  const enter = async (): Promise<void> => {
    most = Math.max(most, ++inside)
    await new Promise(setImmediate)
    inside--
  }
  await Promise.all(Array.from({ length: count }, () => withFileLock(file, enter)))
  return most
}

describe('the file lock', () => {
  test('lets one in at a time and leaves nothing behind', async () => {
    const folder = tempFolder()
    expect(await crowd(join(folder, 'lock'), 12)).toBe(1)
    expect(readdirSync(folder)).toEqual([])
  })

  test('opens again after an action that failed', async () => {
    const file = join(tempFolder(), 'lock')
    await expect(withFileLock(file, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
    expect(await withFileLock(file, async () => 7)).toBe(7)
  })

  test('is demanded in vain by an action that stood still until another took it', async () => {
    const folder = tempFolder()
    const file = join(folder, 'lock')
    const other = lockOf(process.pid)
    const late = withFileLock(file, async (demandLock) => {
      await demandLock()
      writeFileSync(file, other)
      await demandLock()
    })
    await expect(late).rejects.toMatchObject({ code: 'TRN_KEY_FILE_INVALID', message: expect.stringContaining('nothing was changed') as string })
    expect(readFileSync(file, 'utf8')).toBe(other)
  })

  test('of a process that died is taken over at once, by one of those who wait', async () => {
    const folder = tempFolder()
    const file = join(folder, 'lock')
    for (let round = 0; round < 5; round++) {
      writeFileSync(file, lockOf(deadPid()))
      const startedAt = performance.now()
      expect(await crowd(file, 8)).toBe(1)
      expect(performance.now() - startedAt).toBeLessThan(4000)
      expect(readdirSync(folder)).toEqual([])
    }
  })

  test('is taken over also where the heir died too', async () => {
    const folder = tempFolder()
    const file = join(folder, 'lock')
    writeFileSync(file, lockOf(deadPid()))
    writeFileSync(`${file}.heir`, lockOf(deadPid()))
    expect(await withFileLock(file, async () => 7)).toBe(7)
    expect(readdirSync(folder)).toEqual([])
  })

  test.each([
    ['a living process', lockOf(process.ppid)],
    ['a process of another machine', lockOf(1, 'elsewhere')],
    ['nobody who can be told', ''],
  ])('of %s is waited for, but not for ever', async (_name, holder) => {
    const file = join(tempFolder(), 'lock')
    writeFileSync(file, holder)
    // A second of the clock passes in the time of one look.
    let now = 0
    const clock = {
      now: () => now,
      wall: () => now,
      after(delayMs: number, action: () => void) {
        now += delayMs * 10
        const timer = setTimeout(action, 1)
        return () => clearTimeout(timer)
      },
    }
    expect(await withFileLock(file, async () => 7, clock)).toBe(7)
    expect(now).toBeGreaterThan(5000)
    expect(existsSync(file)).toBe(false)
  })
})
