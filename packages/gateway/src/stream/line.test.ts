import { FakeClock } from '@trinity/core/testing'
import { describe, expect, test } from 'vitest'
import { defaultStreamLimits } from './limits.ts'
import { Line } from './line.ts'
import { Message } from './message.ts'
import type { Outlet } from './carrier/outlet.ts'

/** An outlet that flushes when the test says so. */
function openLine(windowBytes = 100): { clock: FakeClock; line: Line; flush: () => void; settle: (queued: number) => void; events: string[] } {
  const clock = new FakeClock()
  const events: string[] = []
  const waiting: (() => void)[] = []
  const outlet: Outlet = {
    connection: 'here there',
    write(message, _fill, flushed) {
      waiting.push(flushed)
      return message.frame.length
    },
    ping: () => void events.push('ping'),
    end: (last) => void events.push(`end ${last.frame.toString()}`),
    destroy: () => void events.push('destroy'),
  }
  const line = new Line(outlet, clock, { ...defaultStreamLimits, windowBytes }, () => events.push('room'))
  return { clock, line, events, flush: () => waiting.shift()?.(), settle: (queued) => line.settle(new Map([['here there', queued]])) }
}

/** 60 bytes as a frame. */
const message = new Message('price', `"a":"${'x'.repeat(60 - 23)}"`)

/** Checks once a second for a while. */
function wait(clock: FakeClock, line: Line, seconds: number): void {
  for (let i = 0; i < seconds; i++) {
    clock.advance(1000)
    line.check(clock.now())
  }
}

describe('a line', () => {
  test('is full at its window and calls when there is room again', () => {
    const { line, flush, events } = openLine()
    expect(message.frame.length).toBe(60)
    line.write(message)
    expect(line.hasRoom).toBe(true)
    line.write(message)
    expect(line.hasRoom).toBe(false)
    flush()
    expect([line.hasRoom, events]).toEqual([true, ['room']])
    flush()
    expect(events).toEqual(['room'])
  })

  test('cuts a reader that has taken nothing for 10 s, not one that is slow', () => {
    const slow = openLine()
    for (let i = 0; i < 10; i++) slow.line.write(message)
    for (let i = 0; i < 9; i++) {
      wait(slow.clock, slow.line, 9)
      slow.flush()
    }
    expect(slow.events).not.toContain('destroy')
    wait(slow.clock, slow.line, 9)
    expect(slow.events).not.toContain('destroy')
    wait(slow.clock, slow.line, 1)
    expect(slow.events).toContain('destroy')
  })

  test('pings every 15 s, but not a reader that has something to read', () => {
    const { clock, line, events, flush } = openLine()
    wait(clock, line, 31)
    expect(events).toEqual(['ping', 'ping'])
    wait(clock, line, 10)
    line.write(message)
    wait(clock, line, 5)
    flush()
    expect(events).toEqual(['ping', 'ping'])
  })

  test('ends with a goodbye after 24 hours, and is cut if that is not read', () => {
    const { clock, line, events } = openLine()
    clock.advance(defaultStreamLimits.lifetimeMs - 1)
    line.check(clock.now())
    clock.advance(1)
    line.check(clock.now())
    expect(events).toEqual(['ping', expect.stringContaining('"type":"goodbye","reason":"lifetime"')])
    line.write(message)
    expect(line.hasRoom).toBe(false)
    wait(clock, line, 10)
    expect(events.at(-1)).toBe('destroy')
  })

  /** Writes so many messages, which the kernel takes at once. */
  const pass = ({ line, flush }: { line: Line; flush: () => void }, messages: number): void => {
    for (let i = 0; i < messages; i++) {
      line.write(message)
      flush()
    }
  }

  test('is late when the kernel still holds at one look what it was given before the look before, and calls when that is taken', () => {
    const rig = openLine()
    const { line, settle, events } = rig
    pass(rig, 100)
    settle(6000)
    expect([line.isLate, line.hasRoom]).toEqual([false, true])
    settle(6000)
    expect([line.isLate, line.hasRoom, line.takenBytes, events]).toEqual([true, false, 0, []])
    settle(1000)
    expect([line.isLate, line.hasRoom, line.takenBytes, events]).toEqual([false, true, 5000, ['room']])
  })

  test('is not late while what is under way is always new', () => {
    const rig = openLine()
    for (let i = 1; i <= 10; i++) {
      pass(rig, 100)
      rig.settle(6000)
      expect([rig.line.isLate, rig.line.takenBytes]).toEqual([false, (i - 1) * 6000])
    }
  })

  test('is late when its window is full at a look, whatever the kernel says', () => {
    const { line, settle, flush } = openLine()
    line.write(message)
    line.write(message)
    settle(0)
    expect(line.isLate).toBe(true)
    flush()
    settle(0)
    expect(line.isLate).toBe(false)
  })

  test('cuts a reader of whose bytes the kernel gets rid of none for 10 s, and pings it no more', () => {
    const rig = openLine()
    pass(rig, 100)
    rig.settle(6000)
    rig.settle(6000)
    for (let queued = 5900; queued > 5000; queued -= 100) {
      wait(rig.clock, rig.line, 9)
      rig.settle(queued)
    }
    expect(rig.events).toEqual([])
    wait(rig.clock, rig.line, 9)
    rig.settle(5100)
    expect(rig.events).toEqual([])
    wait(rig.clock, rig.line, 1)
    expect(rig.events).toEqual(['destroy'])
  })
})
