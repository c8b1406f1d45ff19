import { FakeClock } from '@trinity/core/testing'
import { expect, test } from 'vitest'
import { type ReadyResponse, keepReady, shareMaking } from './ready-bytes.ts'

function openMaker(): { clock: FakeClock; get: () => Promise<ReadyResponse>; makings: PromiseWithResolvers<ReadyResponse>[] } {
  const clock = new FakeClock()
  const makings: PromiseWithResolvers<ReadyResponse>[] = []
  const get = keepReady(clock, async () => {
    const making = Promise.withResolvers<ReadyResponse>()
    makings.push(making)
    return making.promise
  })
  return { clock, get, makings }
}

const ready = (text: string): ReadyResponse => ({ status: 200, bytes: Buffer.from(text) })

test('is made once a second, and all have the same bytes', async () => {
  const { clock, get, makings } = openMaker()
  const [first, second] = [get(), get()]
  expect(makings.length).toBe(1)
  makings[0]?.resolve(ready('1'))
  expect((await first).bytes).toBe((await second).bytes)
  clock.advance(999)
  expect((await get()).bytes).toBe((await first).bytes)
  expect(makings.length).toBe(1)
  clock.advance(1)
  const third = get()
  expect(makings.length).toBe(2)
  makings[1]?.resolve(ready('2'))
  expect(String((await third).bytes)).toBe('2')
})

test('is shared as long as it is being made, and its second begins when that does', async () => {
  const { clock, get, makings } = openMaker()
  const first = get()
  clock.advance(5000)
  const second = get()
  expect(makings.length).toBe(1)
  makings[0]?.resolve(ready('1'))
  expect((await first).bytes).toBe((await second).bytes)
  void get()
  expect(makings.length).toBe(2)
})

test('is not kept when it could not be made', async () => {
  const { get, makings } = openMaker()
  const [first, second] = [get(), get()]
  makings[0]?.reject(new Error('no line'))
  await expect(first).rejects.toThrow('no line')
  await expect(second).rejects.toThrow('no line')
  const third = get()
  expect(makings.length).toBe(2)
  makings[1]?.resolve(ready('2'))
  expect(String((await third).bytes)).toBe('2')
})

test('a crowd that waits for the same goes on a few in each turn, in order', async () => {
  let makings = 0
  const ask = shareMaking(async () => ++makings)
  const done: number[] = []
  const all = Array.from({ length: 200 }, (_, i) => ask().then((value) => done.push(i) && value))
  await new Promise((resolve) => setImmediate(resolve))
  expect(done.length).toBeGreaterThan(0)
  expect(done.length).toBeLessThan(200)
  expect(await Promise.all(all)).toEqual(Array(200).fill(1))
  expect(done).toEqual(done.toSorted((a, b) => a - b))
  expect(await ask()).toBe(2)
})

test('a failure is everybody’s who waited, and nobody’s who comes later', async () => {
  let makings = 0
  const ask = shareMaking(async () => {
    if (++makings === 1) throw new Error('no')
    return makings
  })
  expect((await Promise.allSettled([ask(), ask()])).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await ask()).toBe(2)
})
