import { FakeClock } from '@trinity/core/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'

const venues = ['alpha', 'beta', 'gamma'] as const
type VenueName = (typeof venues)[number]

/** Each venue's own assets: one that trades each second, and one that has traded once. */
const assets = { alpha: ['A', 'AQUIET'], beta: ['B', 'BQUIET'], gamma: ['G', 'GQUIET'] }
const lively: Readonly<Record<VenueName, string>> = { alpha: 'A', beta: 'B', gamma: 'G' }

const hourMs = 3_600_000
const yearMs = 365.25 * 24 * hourMs
const trueStart = 1_790_000_000_000

/** Three venues whose clocks are right, and a node whose clock may be wrong. */
class Scene {
  readonly market: FakeMarket
  /** Prices that were shown as younger than they were. */
  readonly tooYoung: string[] = []
  readonly #startErrorMs: number
  readonly #tradedAt = new Map<string, number>()
  #trades = 0

  private constructor(market: FakeMarket, startErrorMs: number) {
    this.market = market
    this.#startErrorMs = startErrorMs
  }

  /** @param startErrorMs how far the machine's clock is ahead when the node starts */
  static async open(startErrorMs: number): Promise<Scene> {
    const connectors = venues.map((name) => testConnector({ name }))
    const lists = venues.map((name) => [`http://${name}.test/list`, { rows: assets[name].map((asset) => ({ s: `${asset}-USD`, on: true })) }])
    const market = await openFakeMarket(
      { connectors, assets },
      Object.fromEntries(lists) as Record<string, unknown>,
      new FakeClock(trueStart + startErrorMs),
    )
    onTestFinished(market.stop)
    const scene = new Scene(market, startErrorMs)
    for (const venue of venues) scene.trade(venue, `${lively[venue]}QUIET`)
    return scene
  }

  /** What time it really is, epoch milliseconds. */
  get trueNow(): number {
    return this.market.clock.now() - this.#startErrorMs
  }

  trade(venue: VenueName, asset: string): void {
    this.#tradedAt.set(asset, this.trueNow)
    this.market.trade(venue, `${asset}-USD`, `${100 + ++this.#trades}`, { at: this.trueNow, id: String(this.#trades) })
  }

  /** A second in which the lively assets trade. */
  async second(): Promise<void> {
    await this.market.clock.advanceAsync(1000)
    for (const venue of venues) this.trade(venue, lively[venue])
  }

  async price(asset: string): Promise<Record<string, unknown>> {
    const { body } = await this.market.get(`/price?asset=${asset}`)
    const age = body.cache_age_seconds
    const trueAge = (this.trueNow - (this.#tradedAt.get(asset) ?? 0)) / 1000
    // A price that isn't served claims no age.
    if (typeof age === 'number' && age < trueAge - 1) this.tooYoung.push(`${asset} ${age} s, is ${trueAge} s`)
    return body
  }

  async health(): Promise<string> {
    return JSON.stringify((await this.market.get('/health')).body.reasons)
  }

  /** Whether all lively assets are fresh, not shown as much older than they are, and dated as the venues do. */
  async isRight(mostAge: number): Promise<boolean> {
    const bodies = await Promise.all(venues.map(async (venue) => this.price(lively[venue])))
    return bodies.every(
      ({ stale, cache_age_seconds: age, confirmed_at: at, timestamp }) =>
        stale === false && Number(age) <= mostAge && [at, timestamp].every((time) => Math.abs(Date.parse(String(time)) - this.trueNow) <= 6000),
    )
  }
}

const errors = [
  ['3 s', 3000],
  ['-3 s', -3000],
  ['1 h', hourMs],
  ['-1 h', -hourMs],
  ['10 years', 10 * yearMs],
  ['-10 years', -10 * yearMs],
] as const

describe.each(errors)('a machine whose clock is wrong by %s', (_words, errorMs) => {
  // An error of up to 5 s is not told from a slow network: prices may look that much older.
  const mostAge = Math.abs(errorMs) > 5000 ? 2 : 6

  test('from the start: prices are right within seconds, and ages never lie', async () => {
    const scene = await Scene.open(errorMs)
    let rightAfter = -1
    for (let seconds = 1; seconds <= 12; seconds++) {
      await scene.second()
      const isRight = await scene.isRight(mostAge)
      if (isRight && rightAfter < 0) rightAfter = seconds
      if (rightAfter >= 0) expect(isRight, `after ${seconds} s`).toBe(true)
      for (const venue of venues) await scene.price(`${lively[venue]}QUIET`)
    }
    expect(scene.tooYoung).toEqual([])
    expect(rightAfter).toBeGreaterThan(0)
    expect(rightAfter).toBeLessThanOrEqual(6)
    if (Math.abs(errorMs) > 5000) expect(await scene.health()).toContain('clock')
    else expect(await scene.health()).not.toContain('clock')
  })

  test('later: everything is unconfirmed until its next evidence, and every venue is read at once', async () => {
    const scene = await Scene.open(0)
    for (let seconds = 0; seconds < 5; seconds++) await scene.second()
    expect(await scene.isRight(mostAge)).toBe(true)
    const { market } = scene
    const readings = (): number => venues.reduce((sum, venue) => sum + market.requestsTo(`http://${venue}.test/last`), 0)
    const before = readings()
    market.clock.stepWall(errorMs)
    await market.clock.advanceAsync(300)
    expect(readings()).toBe(before + 3)
    for (const venue of venues)
      for (const asset of assets[venue]) {
        const body = await scene.price(asset)
        expect([asset, body.stale === true || body.status_code === 503]).toEqual([asset, true])
      }
    for (let seconds = 0; seconds < 8; seconds++) {
      await scene.second()
      // With a step forward it is open for a moment whether the machine slept for that long.
      if (errorMs < 0 || seconds >= 3) expect(await scene.isRight(mostAge), `after ${seconds + 1} s`).toBe(true)
      for (const venue of venues) {
        const quiet = await scene.price(`${lively[venue]}QUIET`)
        expect(quiet.stale === true || quiet.status_code === 503).toBe(true)
      }
    }
    expect(readings()).toBeLessThanOrEqual(before + 6)
    if (Math.abs(errorMs) > 5000) expect(await scene.health()).toContain('clock')
    expect(scene.tooYoung).toEqual([])
    scene.trade('alpha', 'AQUIET')
    expect(await scene.price('AQUIET')).toMatchObject({ stale: false })
  })
})

test('a machine that slept for an hour shows nothing of before as fresh', async () => {
  const scene = await Scene.open(0)
  for (let seconds = 0; seconds < 5; seconds++) await scene.second()
  const { market } = scene
  const price = async (asset: string): Promise<Record<string, unknown>> => (await market.get(`/price?asset=${asset}`)).body
  // Its steady clock stood still, its venues went on.
  market.clock.stepWall(hourMs)
  await market.clock.advanceAsync(500)
  for (const asset of ['A', 'B', 'AQUIET']) expect((await price(asset)).error).toMatchObject({ code: 'TRN_PRICE_STALE' })
  for (let seconds = 0; seconds < 6; seconds++) {
    await market.clock.advanceAsync(1000)
    for (const venue of venues) market.trade(venue, `${lively[venue]}-USD`, `${900 + seconds}`, { at: market.clock.wall() })
  }
  const body = await price('A')
  expect(body).toMatchObject({ price_text: '905', stale: false, cache_age_seconds: 0 })
  expect([body.timestamp, body.confirmed_at]).toEqual(Array(2).fill(new Date(market.clock.wall()).toISOString()))
  expect((await price('AQUIET')).error).toMatchObject({ code: 'TRN_PRICE_STALE' })
  expect(await scene.health()).not.toContain('clock')
})
