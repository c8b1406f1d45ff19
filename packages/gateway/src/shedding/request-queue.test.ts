import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { RequestQueue, maxWaiting } from './request-queue.ts'

interface Rig {
  readonly queue: RequestQueue<string, number>
  /** What was worked on, with `!` where it had waited too long. */
  readonly done: string[]
  /** Lets time pass in which the thread runs, and such in which it doesn't. */
  work(ms: number, preemptedMs?: number): void
}

/** A queue whose requests take `burdenMs` each, 1 ms where they are refused. */
function openQueue(targetMs: number, burdenMs: number): Rig {
  let [elapsed, cpu] = [1000, 500]
  const done: string[] = []
  const work = (ms: number, preemptedMs = 0): void => {
    cpu += ms
    elapsed += ms + preemptedMs
  }
  const queue: RequestQueue<string, number> = new RequestQueue(
    (request) => {
      const isAdmitted = queue.admit()
      done.push(isAdmitted ? request : `${request}!`)
      work(isAdmitted ? burdenMs : 1)
    },
    (request) => request.startsWith('customer'),
    targetMs,
    { elapsedMs: () => elapsed, cpuMs: () => cpu },
  )
  return { queue, done, work }
}

const addAll = ({ queue }: Rig, count: number, name = 'r'): boolean[] => Array.from({ length: count }, (_, i) => queue.add(`${name}${i}`, i))
const refusedOf = (done: readonly string[]): number => done.filter((request) => request.endsWith('!')).length

async function untilEmpty({ done }: Rig, count: number): Promise<void> {
  while (done.length < count) await nextTurn()
}

test('requests are worked on at once while the turn has time, the others in order in the next turns, 5 ms in each', async () => {
  const rig = openQueue(1000, 2)
  addAll(rig, 8)
  expect(rig.done).toEqual(['r0', 'r1', 'r2'])
  await nextTurn()
  expect(rig.done).toHaveLength(6)
  await nextTurn()
  expect(rig.done).toEqual(['r0', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7'])
})

test('what came while others wait is not answered before them', async () => {
  const rig = openQueue(1000, 10)
  addAll(rig, 2)
  await nextTurn()
  rig.queue.add('late', 0)
  await untilEmpty(rig, 3)
  expect(rig.done).toEqual(['r0', 'r1', 'late'])
})

test('customers come before others, and what others wait for is no overload of theirs', async () => {
  const rig = openQueue(50, 10)
  addAll(rig, 40, 'other')
  for (let i = 0; i < 3; i++) {
    expect(rig.queue.add(`customer${i}`, 0)).toBe(true)
    await nextTurn()
  }
  expect(rig.done).toEqual(['other0', 'customer0', 'customer1', 'customer2'])
  await untilEmpty(rig, 43)
  expect(refusedOf(rig.done)).toBeGreaterThan(0)
  expect(rig.queue.add('customer', 0)).toBe(true)
  await untilEmpty(rig, 44)
  expect(rig.done.at(-1)).toBe('customer')
})

test('a request may be kept for a later turn', async () => {
  const rig = openQueue(1000, 1)
  rig.queue.add('kept', 0, true)
  expect(rig.done).toEqual([])
  await nextTurn()
  expect(rig.done).toEqual(['kept'])
})

test('in a burst requests may wait for three targets, under lasting load for one', async () => {
  const rig = openQueue(50, 10)
  addAll(rig, 30, 'burst')
  await untilEmpty(rig, 30)
  expect(rig.done.indexOf('burst16!')).toBe(16)
  expect(refusedOf(rig.done)).toBe(14)
  rig.done.length = 0
  addAll(rig, 30, 'again')
  await untilEmpty(rig, 30)
  expect(rig.done.indexOf('again6!')).toBe(6)
  expect(refusedOf(rig.done)).toBe(24)
  // A turn with time to spare and nobody refused: what follows is a burst again.
  await nextTurn()
  rig.queue.add('calm', 0)
  await nextTurn()
  rig.done.length = 0
  addAll(rig, 30, 'burst')
  await untilEmpty(rig, 30)
  expect(refusedOf(rig.done)).toBe(14)
})

test('time that others had the core is no load', async () => {
  const rig = openQueue(50, 1)
  for (let turn = 0; turn < 50; turn++) {
    addAll(rig, 5)
    rig.work(0, 500)
    await nextTurn()
  }
  await untilEmpty(rig, 250)
  expect(refusedOf(rig.done)).toBe(0)
})

test(`no more than ${maxWaiting.toLocaleString('en')} wait, and as many again may when those are done`, async () => {
  const rig = openQueue(100_000, 10)
  expect(addAll(rig, maxWaiting + 3).map((isTaken) => (isTaken ? 1 : 0))).toEqual([...Array<number>(maxWaiting + 1).fill(1), 0, 0])
  await untilEmpty(rig, maxWaiting)
  expect(rig.queue.add('next', 0)).toBe(true)
})
