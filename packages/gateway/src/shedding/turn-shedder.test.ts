import { expect, test } from 'vitest'
import { TurnShedder } from './turn-shedder.ts'

function openShedder(targetMs: number) {
  const rig = { elapsed: 1000, cpu: 500, reads: 0 }
  const clocks = {
    elapsedMs: () => rig.elapsed,
    cpuMs: () => {
      rig.reads++
      return rig.cpu
    },
  }
  const shedder = new TurnShedder(targetMs, clocks)
  const work = (ms: number, preemptedMs = 0): void => {
    rig.cpu += ms
    rig.elapsed += ms + preemptedMs
  }
  return { rig, shedder, work }
}

/** Answered of a turn that has so many requests of so many milliseconds. */
function turn({ shedder, work }: ReturnType<typeof openShedder>, requests: number, ms: number): number {
  let answered = 0
  for (let i = 0; i < requests; i++) {
    if (!shedder.admit()) continue
    answered++
    work(ms)
  }
  shedder.endTurn()
  return answered
}

test('a burst of three targets is answered, a turn after long turns has one target', () => {
  const rig = openShedder(50)
  expect(turn(rig, 100, 10)).toBe(16)
  expect(turn(rig, 100, 10)).toBe(5)
  expect(turn(rig, 100, 10)).toBe(5)
  // A turn with time to spare shows that it is over.
  expect(turn(rig, 4, 10)).toBe(4)
  expect(turn(rig, 100, 10)).toBe(16)
})

test('time that others had the core is no load', () => {
  const rig = openShedder(50)
  turn(rig, 100, 10)
  turn(rig, 1, 10)
  for (let i = 0; i < 20; i++) {
    expect(rig.shedder.admit()).toBe(true)
    rig.work(1, 200)
  }
  expect(rig.shedder.admit()).toBe(true)
})

test('without any time it answers one in a turn', () => {
  const rig = openShedder(0)
  expect([rig.shedder.admit(), rig.shedder.admit()]).toEqual([true, false])
  rig.shedder.endTurn()
  expect([rig.shedder.admit(), rig.shedder.admit()]).toEqual([true, false])
})

test('short turns read the CPU’s clock eight times a target, not once each', () => {
  const rig = openShedder(80)
  for (let i = 0; i < 80; i++) turn(rig, 1, 1)
  expect(rig.rig.reads).toBe(8)
})
