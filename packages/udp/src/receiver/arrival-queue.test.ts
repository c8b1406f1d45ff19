import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ArrivalQueue } from './arrival-queue.ts'

/** A queue whose judgements are passed by hand. */
function startQueue(size: number, concurrency: number) {
  const judging: { readonly item: number; readonly pass: () => void }[] = []
  const taken: number[] = []
  const queue: ArrivalQueue<number, { item: number }> = new ArrivalQueue({
    size,
    concurrency,
    judge: (item) => new Promise((resolve) => judging.push({ item, pass: () => resolve({ item }) })),
    onReady: () => {
      for (let verdict = queue.take(); verdict !== undefined; verdict = queue.take()) taken.push(verdict.item)
    },
  })
  return { queue, judging, taken }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('in whatever order items are judged, they come out as they went in, and never more are judged at once', async () => {
  const run = fc.record({
    size: fc.integer({ min: 1, max: 9 }),
    concurrency: fc.integer({ min: 1, max: 5 }),
    steps: fc.array(fc.option(fc.nat(100), { freq: 2 }), { maxLength: 60 }),
  })
  await fc.assert(
    fc.asyncProperty(run, async ({ size, concurrency, steps }) => {
      const { queue, judging, taken } = startQueue(size, concurrency)
      const put: number[] = []
      let passed = 0
      const pass = async (at: number): Promise<void> => {
        passed++
        judging.splice(at % judging.length, 1)[0]?.pass()
        await turn()
      }
      for (const [number, step] of steps.entries()) {
        // Nothing stands for another item.
        if (step !== null && judging.length > 0) await pass(step)
        else if (queue.length === size) expect(queue.put(number)).toBe(false)
        else {
          expect(queue.put(number)).toBe(true)
          put.push(number)
        }
        expect(judging.length).toBe(Math.min(concurrency, put.length - passed))
        expect(taken).toEqual(put.slice(0, taken.length))
        expect(queue.length).toBe(put.length - taken.length)
      }
      while (judging.length > 0) await pass(0)
      expect(taken).toEqual(put)
    }),
    { numRuns: 200 },
  )
})

test('what was forgotten does not come back, and there is room again', async () => {
  const { queue, judging, taken } = startQueue(3, 2)
  for (const item of [1, 2, 3]) queue.put(item)
  expect(queue.clear()).toBe(3)
  const passAll = async (): Promise<void> => {
    for (let each = judging.shift(); each !== undefined; each = judging.shift()) {
      each.pass()
      await turn()
    }
  }
  await passAll()
  expect(taken).toEqual([])
  for (const item of [4, 5, 6]) expect(queue.put(item)).toBe(true)
  await passAll()
  expect(taken).toEqual([4, 5, 6])
})
