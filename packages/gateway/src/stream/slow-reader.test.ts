import { FakeClock } from '@trinity/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { openStreamRig, readStream } from '../../test-support/stream-rig.fixture.ts'
import { waitFor } from '../../test-support/stream-client.fixture.ts'
import { tempFolder } from '../../test-support/temp-folder.fixture.ts'

const assets = ['BTC', 'ETH']

/** Turns of the event loop in which writes can come through. */
const turn = async (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1))

test('a reader that pauses is told the newest of each asset when it reads on, and not what came between', async () => {
  const clock = new FakeClock()
  const rig = await openStreamRig(tempFolder(), assets, clock)
  onTestFinished(rig.stop)
  // For one who reads along, each message is written when its price changes.
  const along = readStream(rig.path, assets)
  along.resume()
  const socket = readStream(rig.path, assets)
  let text = ''
  socket.setEncoding('utf8').on('data', (part: string) => (text += part))
  await waitFor(() => text.includes('event: snapshot'))
  socket.pause()
  await turn()
  const changes = 4000
  for (let i = 1; i <= changes; i++) {
    rig.publish('BTC', String(i))
    if (i <= 10) rig.publish('ETH', `0.${i}`)
    if (i % 50 === 0) await turn()
  }
  rig.publish('ETH', '0.99')
  clock.advance(2000)
  socket.resume()
  const prices = (asset: string): string[] =>
    [...text.matchAll(new RegExp(`"asset":"${asset}".*?"price_text":"([\\d.]+)"`, 'g'))].map(([, price = '']) => price)
  await waitFor(() => prices('BTC').includes(String(changes)) && prices('ETH').includes('0.99'))
  await turn()
  const told = prices('BTC').map(Number)
  expect(told.length).toBeLessThan(changes / 2)
  expect(told.toSorted((a, b) => a - b)).toEqual(told)
  expect(told.at(-1)).toBe(changes)
  expect(prices('ETH').at(-1)).toBe('0.99')
  along.destroy()
  // A price that waited is told with the age it has by now.
  expect(Number(/"price_text":"0\.99".*?"cache_age_seconds":([\d.]+)/.exec(text)?.[1])).toBe(2)
})

test('a reader that reads nothing for 10 s is cut, and others go on', async () => {
  const clock = new FakeClock()
  const rig = await openStreamRig(tempFolder(), assets, clock)
  onTestFinished(rig.stop)
  const stuck = readStream(rig.path, ['BTC'])
  stuck.pause()
  const reading = readStream(rig.path, ['BTC'])
  let read = ''
  reading.on('data', (part: Buffer) => (read += part.toString()))
  await waitFor(() => rig.hub.readers === 2)
  for (let i = 1; i <= 2000; i++) {
    rig.publish('BTC', String(i))
    if (i % 20 === 0) await turn()
  }
  await waitFor(() => read.includes('"price_text":"2000"'))
  for (let second = 0; second < 9; second++) await clock.advanceAsync(1000)
  expect(rig.hub.readers).toBe(2)
  for (let second = 0; second < 2; second++) await clock.advanceAsync(1000)
  await waitFor(() => rig.hub.readers === 1)
  rig.publish('BTC', '2001')
  await waitFor(() => read.includes('"price_text":"2001"'))
  stuck.destroy()
})
