import { FakeClock } from '@trinity/core/testing'
import { describe, expect, test } from 'vitest'
import { defaultStreamLimits } from './limits.ts'
import { Line } from './line.ts'
import { Message } from './message.ts'
import type { Outlet } from './carrier/outlet.ts'

/** An outlet that flushes when the test says so. */
function openLine(windowBytes = 100): { clock: FakeClock; line: Line; flush: () => void; events: string[] } {
  const clock = new FakeClock()
  const events: string[] = []
  const waiting: (() => void)[] = []
  const outlet: Outlet = {
    write(message, flushed) {
      waiting.push(flushed)
      return message.frame.length
    },
    ping: () => void events.push('ping'),
    end: (last) => void events.push(`end ${last.frame.toString()}`),
    destroy: () => void events.push('destroy'),
  }
  const line = new Line(outlet, clock, { ...defaultStreamLimits, windowBytes }, () => events.push('room'))
  return { clock, line, events, flush: () => waiting.shift()?.() }
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
})
