import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { PriceReceiver } from './price-receiver.ts'
import type { FloodOrder, FloodReport } from './test-support/push-flood.fixture.ts'
import { secret } from './test-support/pushes.fixture.ts'

const perSecond = 50_000
const seconds = 10

test.skipIf(!existsSync('/proc/net/udp'))(
  `${perSecond} datagrams a second for ${seconds} s: each is received, dropped and counted, or dropped by the kernel, and each gap is told`,
  { timeout: 5 * 60_000 },
  async () => {
    const receiver = await PriceReceiver.bind({ secret })
    onTestFinished(() => receiver.close())
    const child = fork(fileURLToPath(new URL('test-support/push-flood.fixture.ts', import.meta.url)), { execArgv: ['--conditions=@trinity/source'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const heard = async (): Promise<FloodReport> => ((await once(child, 'message')) as [FloodReport])[0]
    child.send({ port: receiver.address.port, count: perSecond * seconds, perSecond } satisfies FloodOrder)
    const ready = await heard()

    const count = perSecond * seconds
    /** By sequence: 0 nothing, 1 came, 2 told in a gap. */
    const fates = new Uint8Array(count + 2)
    let highest = 0
    let gaps = 0
    receiver.on('price', ({ sequence }) => {
      fates[sequence] = 1
      highest = Math.max(highest, sequence)
    })
    receiver.on('gap', ({ first, last }) => {
      gaps++
      for (let sequence = first; sequence <= last; sequence++) {
        expect(fates[sequence]).toBe(0)
        fates[sequence] = 2
      }
    })
    const cpuBefore = process.cpuUsage()
    child.send('go')
    const done = await heard()
    if (done.state !== 'done') throw new Error('the sender did not send')
    for (let before = -1; before !== receiver.stats().received || receiver.stats().waiting > 0; await delay(200)) before = receiver.stats().received
    const { user, system } = process.cpuUsage(cpuBefore)

    const stats = receiver.stats()
    const { received, dropped, kernelDrops = Number.NaN } = stats
    const rate = (of: number): string => `${Math.round((of / done.ms) * 1000).toLocaleString('en')}/s`
    console.log(`sent ${done.sent} of ${ready.state === 'ready' ? ready.bytes : 0} bytes in ${Math.round(done.ms)} ms: ${rate(done.sent)}`)
    console.log(`received ${received} (${rate(received)}) + dropped ${dropped} + kernel drops ${kernelDrops} = ${received + dropped + kernelDrops}`)
    console.log(`${gaps} gaps, ${stats.missing} missing, ${stats.late} late; receive buffer ${receiver.receiveBufferBytes} bytes`)
    console.log(`CPU of the receiver ${((user + system) / 1000 / done.ms).toFixed(2)}; ${JSON.stringify(stats)}`)

    expect(done).toMatchObject({ sent: count, failed: 0 })
    expect(received + dropped + kernelDrops).toBe(done.sent)
    expect(stats).toMatchObject({ events: received, duplicates: 0, refused: 0, late: 0, waiting: 0 })
    const first = fates.indexOf(1)
    expect(fates.subarray(first, highest + 1).indexOf(0)).toBe(-1)
    expect(fates.subarray(highest + 1).findIndex((fate) => fate !== 0)).toBe(-1)
    expect(stats.missing).toBe(highest - first + 1 - received)
  },
)
