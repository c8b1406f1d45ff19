import { describe, expect, test } from 'vitest'
import { SymbolWatch, symbolWaits } from './symbol-watch.ts'

const start = 1_790_000_000_000

function makeWatch(): SymbolWatch {
  const watch = new SymbolWatch(() => 1)
  watch.add('a')
  return watch
}

describe('a symbol', () => {
  test('is pending until data comes; an ack alone makes it live never', () => {
    const watch = makeWatch()
    watch.sawAck('a')
    expect(watch.state('a')).toBe('pending')
    watch.sawTick('a')
    expect(watch.state('a')).toBe('live')
    watch.restart('a')
    expect(watch.state('a')).toBe('pending')
  })

  test('that was refused says why until another try brings data; what else comes changes nothing of that', () => {
    const watch = makeWatch()
    watch.sawReject('a', 'unknown pair', start)
    watch.restart('a')
    watch.sawAck('a')
    watch.sawTick('a')
    expect([watch.state('a'), watch.reason('a')]).toEqual(['rejected', 'unknown pair'])
    expect(watch.takeRetries(start + symbolWaits.rejectedMs)).toEqual(['a'])
    watch.sawTick('a')
    expect([watch.state('a'), watch.reason('a')]).toEqual(['live', ''])
  })

  test('that nobody watches is never kept', () => {
    const watch = new SymbolWatch(() => 1)
    watch.sawTick('b')
    watch.sawAck('b')
    watch.sawReject('b', 'x', start)
    watch.restart('b')
    expect([watch.state('b'), watch.reason('b'), watch.takeRetries(Infinity)]).toEqual(['pending', '', []])
  })
})

describe('a silent symbol', () => {
  test('is so from the first time on until a live trade; another connection changes nothing of that', () => {
    const watch = makeWatch()
    expect([watch.silences('a'), watch.silences('z'), watch.sawSilence('z', start)]).toEqual([0, 0, start])
    expect([watch.sawSilence('a', start), watch.sawSilence('a', start + 5)]).toEqual([start, start])
    watch.sawRotation('a')
    watch.restart('a')
    watch.sawTick('a', false)
    expect(watch.silences('a')).toBe(2)
    watch.sawTick('a')
    expect([watch.silences('a'), watch.sawSilence('a', start + 9)]).toEqual([0, start + 9])
  })

  test('that is not silent has nothing to do with a replaced connection', () => {
    const watch = makeWatch()
    watch.sawRotation('a')
    watch.sawRotation('z')
    for (let i = 0; i < 3; i++) watch.sawSilence('a', start)
    expect([watch.isInVain('a'), watch.mayAskAgain('a')]).toEqual([true, false])
    expect([watch.isInVain('z'), watch.mayAskAgain('z')]).toEqual([false, true])
  })
})

describe('another try', () => {
  test('a refused symbol is tried again slowly, the wait doubles up to an hour', () => {
    const watch = makeWatch()
    const waits: number[] = []
    let now = start
    for (let i = 0; i < 6; i++) {
      watch.sawReject('a', 'unknown pair', now)
      const refusedAt = now
      while (watch.takeRetries(now).length === 0) now += 1000
      waits.push(now - refusedAt)
      expect(watch.state('a')).toBe('pending')
    }
    const { rejectedMs, maxRejectedMs } = symbolWaits
    expect(waits).toEqual([rejectedMs, rejectedMs * 2, rejectedMs * 4, rejectedMs * 8, maxRejectedMs, maxRejectedMs])
  })

  test('of a refused symbol that trades all the same stays soon', () => {
    const watch = makeWatch()
    for (let now = start, i = 0; i < 6; i++, now += symbolWaits.rejectedMs) {
      watch.sawReject('a', 'already subscribed', now)
      watch.sawTick('a', i % 2 === 0)
      watch.sawTick('a')
      expect(watch.takeRetries(now + symbolWaits.rejectedMs - 1)).toEqual([])
      expect(watch.takeRetries(now + symbolWaits.rejectedMs)).toEqual(['a'])
    }
  })

  test('of a refused symbol is put off by no refusal that is said again', () => {
    const watch = makeWatch()
    for (let saidAt = start; saidAt < start + symbolWaits.rejectedMs; saidAt += 60_000) watch.sawReject('a', 'unknown pair', saidAt)
    expect(watch.takeRetries(start + symbolWaits.rejectedMs)).toEqual(['a'])
  })

  test('the wait has jitter', () => {
    const watch = new SymbolWatch(() => 0)
    watch.add('a')
    watch.sawReject('a', 'x', start)
    expect(watch.takeRetries(start + symbolWaits.rejectedMs / 2 - 1)).toEqual([])
    expect(watch.takeRetries(start + symbolWaits.rejectedMs / 2)).toEqual(['a'])
    expect(watch.takeRetries(start + symbolWaits.rejectedMs / 2)).toEqual([])
  })

  test('a symbol without an answer is due after 10 s, an acked one after a minute, and each try doubles the wait', () => {
    const { unansweredMs, muteMs } = symbolWaits
    const watch = makeWatch()
    const asked = (): number => start
    expect(watch.takeMute(start + unansweredMs - 1, asked)).toEqual([])
    expect(watch.takeMute(start + unansweredMs, asked)).toEqual(['a'])
    expect(watch.takeMute(start + unansweredMs * 2 - 1, asked)).toEqual([])
    expect(watch.takeMute(start + unansweredMs * 2, asked)).toEqual(['a'])
    const acked = makeWatch()
    acked.sawAck('a')
    expect(acked.takeMute(start + muteMs - 1, asked)).toEqual([])
    expect(acked.takeMute(start + muteMs, asked)).toEqual(['a'])
  })

  test('a symbol that is live, refused or not yet asked for is not mute', () => {
    const watch = makeWatch()
    expect(watch.takeMute(start + 1e9, () => undefined)).toEqual([])
    watch.sawTick('a')
    expect(watch.takeMute(start + 1e9, () => start)).toEqual([])
    watch.sawReject('a', 'x', start)
    expect(watch.takeMute(start + 1e9, () => start)).toEqual([])
  })
})
