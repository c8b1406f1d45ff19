import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { seededRandom, chooseSeed } from '@trinity/core/testing'
import { systemClock } from '@trinity/core'
import { describe, expect, test, vi } from 'vitest'
import { type ReplayRig, openReplayRig } from '../../test-support/replay-rig.fixture.ts'
import { type RecordingLine, tempFolder, writeRecording } from '../../test-support/temp-folder.fixture.ts'
import { type TestTrade, frames, testConnector } from '../../test-support/test-connector.fixture.ts'
import { openReplay } from './replay.ts'

const alpha = testConnector({ name: 'alpha', quotes: ['USD', 'USDT'] })
const beta = testConnector({ name: 'beta' })
const start = 1_700_000_000_000

/** A line with trades of BTC-USD, received `after` ms after the recording began. */
const line = (after: number, ...trades: readonly Partial<TestTrade>[]): RecordingLine => ({
  at: start + after,
  frame: frames.trade(...trades.map((trade) => ({ s: 'BTC-USD', p: '1', at: start + after, ...trade }))),
})

async function openRig(
  files: Readonly<Record<string, readonly RecordingLine[]>>,
  options: { speed?: number; stepMs?: number } = {},
): Promise<ReplayRig> {
  const folder = tempFolder()
  for (const [name, lines] of Object.entries(files)) writeRecording(folder, name, lines)
  return openReplayRig(folder, { connectors: [alpha, beta], ...options })
}

const ask = async (rig: ReplayRig, asset = 'btc'): Promise<Record<string, unknown>> => (await rig.get(`/price?asset=${asset}`)).body

/** Waits for what was sent to arrive; time does not move. */
const shows = async (rig: ReplayRig, price: string, asset = 'btc'): Promise<void> =>
  vi.waitFor(async () => expect((await ask(rig, asset)).price_text).toBe(price), { timeout: 2000, interval: 5 })

describe('a replay', () => {
  test('shows the first trade of each recorded listing at once, then each as it comes', async () => {
    const rig = await openRig({
      'alpha/a.jsonl': [line(0, { p: '1.10', id: '1' }), line(1000, { p: '1.20', id: '2' }, { s: 'ETH-USDT', p: '7.00' })],
    })
    expect(await ask(rig)).toMatchObject({ price_text: '1.10', currency: 'USD', stale: false })
    expect(await ask(rig, 'eth')).toMatchObject({ price_text: '7.00', currency: 'USDT' })
    await rig.play(950)
    await shows(rig, '1.10')
    await rig.play(50)
    await shows(rig, '1.20')
  })

  test('takes late trades of recordings for no fault of this machine’s clock', async () => {
    const folder = tempFolder()
    const connectors = [alpha, beta, testConnector({ name: 'gamma' })]
    const late = Array.from({ length: 80 }, (_, i) => line(i * 100, { p: `${100 + i}`, at: start + i * 100 - 20_000, id: String(i) }))
    for (const { name } of connectors) writeRecording(folder, `${name}/a.jsonl`, late)
    const rig = await openReplayRig(folder, { connectors })
    await rig.play(7000)
    await vi.waitFor(async () => expect(Number((await ask(rig)).price_text)).toBeGreaterThan(160), { timeout: 2000, interval: 5 })
    const body = await ask(rig)
    expect((rig.clock.now() - Date.parse(String(body.timestamp))) / 1000).toBeCloseTo(20, 0)
    expect((await rig.get('/health')).text).not.toContain('clock')
  })

  test('marks every answer and each source as replayed', async () => {
    const rig = await openRig({ 'alpha/a.jsonl': [line(0, {})] })
    expect((await ask(rig)).source).toBe('alpha-ws-replay')
    for (const path of ['/price?asset=btc', '/price?asset=nosuch', '/nosuch', '/live', '/exchanges', '/openapi.json'])
      expect((await rig.get(path)).headers.get('trinity-mode'), path).toBe('replay')
    expect((await rig.post('/prices', { assets: ['btc'] })).headers.get('trinity-mode')).toBe('replay')
    expect((await rig.get('/exchanges')).text).toContain('"source":"alpha-ws-replay"')
  })

  test('asks no venue by REST, also for assets that it does not hold', async () => {
    const rig = await openRig({ 'alpha/a.jsonl': [line(0, {}), line(60_000, {})] }, { stepMs: 1000 })
    expect(await ask(rig, 'eth')).toMatchObject({ error: { code: 'TRN_ASSET_UNKNOWN' } })
    await rig.play(40_000)
    expect(rig.restRequests).toEqual([])
  })

  test('shows the newest by trade time and id, whatever the order in the file', async () => {
    const rig = await openRig({
      'alpha/a.jsonl': [
        line(0, { p: '1', at: start, id: '1' }),
        line(100, { p: '5', at: start + 90, id: '9' }, { p: '4', at: start + 90, id: '8' }),
        line(200, { p: '6', at: start + 90, id: '10' }, { p: '3', at: start + 50, id: '99' }),
        line(300, { p: '2', at: start + 89, id: '100', snap: true }),
      ],
    })
    await rig.play(150)
    await shows(rig, '5')
    await rig.play(250)
    await shows(rig, '6')
    await rig.play(500)
    await shows(rig, '6')
  })

  test('ends each file at the newest trade, also of a thoroughly shuffled one', async () => {
    const seed = chooseSeed()
    const random = seededRandom(seed)
    const trades = Array.from({ length: 60 }, (_, i) => ({
      p: String(100 + i),
      at: start + Math.floor(random() * 20),
      id: String(Math.floor(random() * 1000)),
    }))
    const newest = trades.reduce((best, trade) => (trade.at > best.at || (trade.at === best.at && Number(trade.id) > Number(best.id)) ? trade : best))
    const rig = await openRig({ 'alpha/a.jsonl': trades.map((trade, i) => line(i * 10, trade)) })
    const prices = new Set(trades.map(({ p }) => p))
    for (let i = 0; i < 12; i++) {
      await rig.play(50)
      expect(prices).toContain((await ask(rig)).price_text)
    }
    await shows(rig, newest.p).catch((error: unknown) => expect.fail(`seed ${seed}: ${String(error)}`))
  })

  test('plays the files of a venue one after another by name, the second also when it is older, and loops', async () => {
    const older = (after: number, p: string): RecordingLine => ({
      at: start - 9_000_000 + after,
      frame: frames.trade({ s: 'BTC-USD', p, at: start - 9_000_000 + after, id: '1' }),
    })
    const rig = await openRig({
      'alpha/a.jsonl': [line(0, { p: '1', id: '50' }), line(100, { p: '2', id: '51' })],
      'alpha/b.jsonl': [older(0, '3'), older(100, '4')],
    })
    const seen: unknown[] = []
    for (let i = 0; i < 120; i++) {
      await rig.play(50)
      const { price_text: price } = await ask(rig)
      if (price !== seen.at(-1)) seen.push(price)
    }
    expect(seen.slice(0, 9)).toEqual(['1', '2', '3', '4', '1', '2', '3', '4', '1'])
  })

  test('moves trade times so that each file starts when it is played, never ahead of now', async () => {
    const rig = await openRig({
      'alpha/a.jsonl': [line(0, { s: 'ETH-USD' }), line(300, { p: '2', at: start + 200 }), line(400, { p: '3', at: start + 60_000 })],
    })
    const begun = rig.clock.now()
    await rig.play(350)
    await shows(rig, '2')
    expect((await ask(rig)).timestamp).toBe(new Date(begun + 200).toISOString())
    await rig.play(100)
    await shows(rig, '3')
    const { timestamp, confirmed_at: confirmedAt } = await ask(rig)
    expect(Date.parse(String(timestamp))).toBeLessThanOrEqual(rig.clock.now())
    expect(Date.parse(String(confirmedAt))).toBeLessThanOrEqual(rig.clock.now())
  })

  test('counts a listing as confirmed while its venue plays, however rarely it trades', async () => {
    const rig = await openRig({ 'alpha/a.jsonl': [line(0, { p: '2' }), line(120_000, { s: 'ETH-USD' })] }, { stepMs: 500 })
    await rig.play(100_000)
    const body = await ask(rig)
    expect(body).toMatchObject({ price_text: '2', stale: false })
    expect(body.cache_age_seconds).toBeLessThan(1)
  })

  test.each([
    [2, 500],
    [10, 100],
    [0.5, 2000],
  ])('plays %d times as fast when asked to', async (speed, due) => {
    const rig = await openRig({ 'alpha/a.jsonl': [line(0, { p: '1', id: '1' }), line(1000, { p: '2', id: '2' })] }, { speed })
    await rig.play(due - 50)
    await shows(rig, '1')
    await rig.play(50)
    await shows(rig, '2')
  })

  test('plays lines without receive time 10 ms apart', async () => {
    const bare = (p: string, id: string): RecordingLine => ({ at: null, frame: frames.trade({ s: 'BTC-USD', p, at: start, id }) })
    const rig = await openRig({ 'alpha/a.jsonl': [...Array.from({ length: 99 }, (_, i) => bare('1', String(i))), bare('2', '500')] })
    await rig.play(950)
    await shows(rig, '1')
    await rig.play(60)
    await shows(rig, '2')
  })

  test('plays what came in, not what was sent', async () => {
    const rig = await openRig({
      'alpha/a.jsonl': [line(0, { p: '1' }), { at: start + 10, dir: 'out', frame: frames.trade({ s: 'BTC-USD', p: '9', at: start + 10 }) }],
    })
    await rig.play(200)
    await shows(rig, '1')
  })

  test('sends acks, refusals and heartbeats of the recording through the session', async () => {
    const rig = await openRig({
      'alpha/a.jsonl': [
        line(0, { p: '1' }),
        line(1, { s: 'ETH-USD', p: '2' }),
        { at: start + 100, frame: frames.reject('ETH-USD', 'no such product') },
        { at: start + 110, frame: frames.beat() },
      ],
    })
    await rig.play(200)
    await vi.waitFor(async () => expect((await rig.get('/exchanges')).text).toContain('"state":"rejected"'))
    expect((await rig.get('/exchanges')).text).toContain('no such product')
  })

  test('plays frames of any size, as a large order book', async () => {
    const book = { at: start + 100, frame: JSON.stringify({ t: 'book', rows: 'x'.repeat(3_000_000) }) }
    const rig = await openRig({ 'alpha/a.jsonl': [line(0, { p: '1' }), book, line(110, { p: '2' })] })
    await rig.play(500)
    await shows(rig, '2')
    expect((await rig.get('/exchanges')).text).toContain('"reconnects":0')
  })

  test('lists recorded symbols of known tickers in any quote of the venue, and no others', async () => {
    const rig = await openRig({
      'alpha/a.jsonl': [line(0, {}, { s: 'SOL-USDT' }, { s: 'ETH-EUR' }, { s: 'NOSUCH-USD' })],
      'beta/b.jsonl': [line(0, { s: 'DOGE-USD', p: '0.1' })],
    })
    const text = (await rig.get('/exchanges')).text
    expect([...text.matchAll(/"symbol":"([^"]*)"/g)].map(([, symbol]) => symbol)).toEqual(['BTC-USD', 'SOL-USDT', 'DOGE-USD'])
    expect((await ask(rig, 'doge')).source).toBe('beta-ws-replay')
  })
})

describe('what can not be played', () => {
  test('a broken line says file and line, and the rest goes on', async () => {
    const rig = await openRig({
      'alpha/a.jsonl': [line(0, { p: '1' }), '{"at":1,"dir":"in","frame":"{', '', '{"at":1,"dir":"up","frame":"x"}', '\u0000', line(100, { p: '2' })],
    })
    const file = (number: number): unknown => expect.stringMatching(new RegExp(`alpha/a\\.jsonl:${number}: \\S[^\\n]*$`))
    expect(rig.notices).toEqual([file(2), file(4), file(5)])
    await rig.play(150)
    await shows(rig, '2')
  })

  test('a file of a generation that the connector does not speak is skipped with one line', async () => {
    const rig = await openRig({
      'alpha/2019.jsonl': [{ frame: '{"event":"trade","px":"9"}' }, { frame: '[1,2]' }],
      'alpha/b.jsonl': [line(0, { p: '1' })],
    })
    expect(rig.notices).toEqual([expect.stringMatching(/alpha\/2019\.jsonl is skipped/)])
    expect(rig.summary).toEqual(['alpha: b.jsonl'])
    await shows(rig, '1')
  })

  test('a folder that is missing, or holds nothing to play, is refused with its name', async () => {
    const folder = tempFolder()
    mkdirSync(join(folder, 'alpha'))
    const open = (path: string): ReturnType<typeof openReplay> =>
      openReplay({ folder: path, speed: 1, connectors: [alpha], clock: systemClock, onNotice: () => undefined })
    for (const path of [folder, join(folder, 'nosuch')])
      await expect(open(path)).rejects.toMatchObject({ code: 'TRN_SETTING_INVALID', message: expect.stringContaining(path) as string })
  })
})
