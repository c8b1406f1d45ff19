import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { changeHeader } from './change-layout.ts'
import { ChangeLog } from './change-log.ts'
import { ChangeReader } from './change-reader.ts'
import type { ListeningOrder, ListeningReport } from './listening-thread.fixture.ts'

interface Ear {
  readonly heard: (number | 'overrun')[]
  stop(): void
}

function listen(log: ChangeLog): Ear {
  const heard: (number | 'overrun')[] = []
  const stop = new ChangeReader(log.buffer).listen(
    (slot) => heard.push(slot),
    () => heard.push('overrun'),
  )
  return { heard, stop }
}

/** Long enough for every note to be heard: a timer may come before its turn of the loop has looked for wake-ups. */
async function settle(): Promise<void> {
  await sleep(5)
  for (let i = 0; i < 3; i++) await turn()
}

const upTo = (end: number, start = 0): number[] => Array.from({ length: end - start }, (_, i) => start + i)

describe('on the thread that writes', () => {
  test('each note is heard in order, from the moment of listening', async () => {
    const log = new ChangeLog(8)
    log.note(99)
    const ears = [listen(log), listen(log)]
    for (const slot of [3, 1, 1]) log.note(slot)
    await settle()
    log.note(4)
    await settle()
    for (const { heard } of ears) expect(heard).toEqual([3, 1, 1, 4])
  })

  test('a ring with one place left is heard whole; a full one is an overrun, told once', async () => {
    const log = new ChangeLog(8)
    const ear = listen(log)
    for (const slot of upTo(7)) log.note(slot)
    await settle()
    expect(ear.heard).toEqual(upTo(7))
    for (const slot of upTo(8)) log.note(slot)
    await settle()
    expect(ear.heard).toEqual([...upTo(7), 'overrun'])
    log.note(5)
    await settle()
    expect(ear.heard).toEqual([...upTo(7), 'overrun', 5])
  })

  test('after the stop nothing is heard, and the others hear on', async () => {
    const log = new ChangeLog(8)
    const [first, second] = [listen(log), listen(log)]
    log.note(1)
    first.stop()
    first.stop()
    log.note(2)
    await settle()
    log.note(3)
    await settle()
    expect([first.heard, second.heard]).toEqual([[], [1, 2, 3]])
    second.stop()
    expect(Atomics.notify(new Int32Array(log.buffer), changeHeader.head), 'waits left behind').toBe(0)
    expect(Atomics.load(new Int32Array(log.buffer), changeHeader.listeners)).toBe(0)
  })

  test('a listener may stop within its own call', async () => {
    const log = new ChangeLog(8)
    const heard: number[] = []
    const stop = new ChangeReader(log.buffer).listen(
      (slot) => {
        heard.push(slot)
        stop()
      },
      () => {},
    )
    for (const slot of upTo(3)) log.note(slot)
    await settle()
    expect(heard).toEqual([0])
  })

  test('what comes while a listener works is heard in a later turn, so that a busy writer leaves the loop free', async () => {
    const log = new ChangeLog(8)
    let count = 0
    const stop = new ChangeReader(log.buffer).listen(
      () => {
        count++
        log.note(0)
      },
      () => {},
    )
    log.note(0)
    for (let i = 0; i < 20; i++) await turn()
    const counted = count
    stop()
    expect(counted).toBeGreaterThan(5)
    expect(counted).toBeLessThan(50)
  })

  test('the count of notes passes 32 bits', async () => {
    const log = new ChangeLog(8)
    Atomics.store(new Int32Array(log.buffer), changeHeader.head, 0x7fff_fffd)
    const ear = listen(log)
    for (const slot of upTo(6)) log.note(slot)
    await settle()
    for (const slot of upTo(100)) log.note(slot)
    await settle()
    expect(ear.heard).toEqual([...upTo(6), 'overrun'])
  })

  test('a log of another layout is refused', () => {
    const log = new ChangeLog(8)
    Atomics.store(new Int32Array(log.buffer), changeHeader.version, 99)
    expect(() => new ChangeReader(log.buffer)).toThrow(/layout 99/)
  })
})

describe('across threads', () => {
  /** Notes 0 to `count` − 1 as `pace` lets them, to a thread that reports what it heard. */
  async function send(capacity: number, count: number, pace: (i: number) => Promise<void> | undefined): Promise<ListeningReport> {
    const log = new ChangeLog(capacity)
    const newest = new SharedArrayBuffer(4)
    const workerData: ListeningOrder = { log: log.buffer, newest, last: count - 1 }
    const worker = new Worker(new URL('listening-thread.fixture.ts', import.meta.url), { workerData })
    try {
      await once(worker, 'message')
      const report = once(worker, 'message')
      const end = once(worker, 'exit')
      for (let i = 0; i < count; i++) {
        Atomics.store(new Int32Array(newest), 0, i)
        log.note(i)
        const pause = pace(i)
        if (pause !== undefined) await pause
      }
      const [heard] = (await report) as [ListeningReport]
      await end
      return heard
    } finally {
      await worker.terminate()
    }
  }

  test('notes at any pace are all heard, none is left waiting for the next', async () => {
    const report = await send(65_536, 30_000, (i) => (i % 7 === 0 ? turn() : i % 1009 === 0 ? sleep(2) : undefined))
    expect(report).toEqual({ heard: 30_000, overruns: 0, wrong: [] })
  })

  test('a burst of 100,000 notes through a small ring loses nothing without saying so', async () => {
    const report = await send(1024, 100_000, () => undefined)
    expect(report.wrong).toEqual([])
    expect(report.overruns).toBeGreaterThan(0)
  })

  test('a burst of 100,000 notes through a ring that holds them is heard whole', async () => {
    expect(await send(131_072, 100_000, () => undefined)).toEqual({ heard: 100_000, overruns: 0, wrong: [] })
  })

  test('listening keeps neither a process nor a thread alive', async () => {
    const path = new URL('idle-listener.fixture.ts', import.meta.url)
    await promisify(execFile)(process.execPath, ['--conditions=@trinity/source', path.pathname], { timeout: 10_000 })
    const worker = new Worker(path)
    const [code] = await once(worker, 'exit')
    expect(code).toBe(0)
  })

  test('threads that end while they listen leave the writer and the others alone', async () => {
    const log = new ChangeLog(1024)
    const ear = listen(log)
    const workerData: ListeningOrder = { log: log.buffer, newest: new SharedArrayBuffer(4), last: Infinity }
    let notes = 0
    for (let i = 0; i < 10; i++) {
      const worker = new Worker(new URL('listening-thread.fixture.ts', import.meta.url), { workerData })
      await once(worker, 'message')
      const ended = worker.terminate()
      for (let k = 0; k < 200; k++) log.note(notes++)
      await ended
      await turn()
    }
    await sleep(5)
    expect(ear.heard).toEqual(upTo(notes))
  })
})
