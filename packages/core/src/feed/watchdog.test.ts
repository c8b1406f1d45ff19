import { describe, expect, test } from 'vitest'
import type { Heartbeat } from '../connector.ts'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { Watchdog } from './watchdog.ts'

function watch(heartbeat: Heartbeat): { clock: FakeClock; dog: Watchdog; log: string[]; start: number } {
  const clock = new FakeClock()
  const start = clock.now()
  const log: string[] = []
  const dog = new Watchdog(heartbeat, clock, {
    ping: () => void log.push(`ping ${clock.now() - start}`),
    dead: (reason) => log.push(`dead ${clock.now() - start}: ${reason}`),
  })
  return { clock, dog, log, start }
}

const ping = { everyMs: 3000, frame: () => 'ping' }

describe('the watchdog', () => {
  test('a connection without any frame is dead after the silence allowed', () => {
    const { clock, dog, log } = watch({ silenceMs: 5000 })
    dog.start()
    clock.advance(4999)
    expect(log).toEqual([])
    clock.advance(1)
    expect(log).toEqual(['dead 5000: silent for 5000 ms'])
  })

  test('each frame starts the silence anew', () => {
    const { clock, dog, log } = watch({ silenceMs: 5000 })
    dog.start()
    for (let i = 0; i < 10; i++) {
      clock.advance(4900)
      dog.sawFrame(clock.now())
    }
    clock.advance(4999)
    expect(log).toEqual([])
    clock.advance(1)
    expect(log).toEqual(['dead 54000: silent for 5000 ms'])
  })

  test('pings go out in their rhythm, and one without a reply is the end', () => {
    const { clock, dog, log } = watch({ silenceMs: 60_000, ping, replyWithinMs: 1000 })
    dog.start()
    clock.advance(3500)
    dog.sawFrame(clock.now())
    clock.advance(3500)
    expect(log).toEqual(['ping 3000', 'ping 6000', 'dead 7000: no reply to a ping in 1000 ms'])
  })

  test('without a bound for replies only silence counts', () => {
    const { clock, dog, log } = watch({ silenceMs: 10_000, ping })
    dog.start()
    clock.advance(10_000)
    expect(log).toEqual(['ping 3000', 'ping 6000', 'ping 9000', 'dead 10000: silent for 10000 ms'])
  })

  test('a stopped one does nothing and leaves no timer', () => {
    const { clock, dog, log } = watch({ silenceMs: 5000, ping, replyWithinMs: 1000 })
    dog.start()
    clock.advance(3100)
    dog.stop()
    expect(clock.pending).toBe(0)
    clock.advance(60_000)
    expect(log).toEqual(['ping 3000'])
  })
})
