import { AssetNames, connectorInRegion } from '@trinity/core'
import { type TestOptions, describe, expect, onTestFinished, test } from 'vitest'
import { noChromium, openPage } from '../../test-support/chromium.fixture.ts'
import { openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { frames, testConnector } from '../../test-support/test-connector.fixture.ts'

const browser: TestOptions = { timeout: 60_000, skip: noChromium !== undefined }
const name = noChromium === undefined ? 'in a browser' : `in a browser (skipped: ${noChromium})`

describe(`the status page ${name}`, () => {
  test.each([
    [390, 844],
    [1280, 800],
  ])('shows states and moving prices at %i × %i', browser, async (width, height) => {
    const market = await openFakeMarket({
      connectors: [testConnector({ name: 'alpha' })],
      assets: { alpha: ['BTC', 'ETH', 'SOL', 'DOGE'] },
      mode: 'replay',
    })
    onTestFinished(market.stop)
    market.trade('alpha', 'ETH-USD', '1')
    market.clock.advance(31_000)
    market.trade('alpha', 'BTC-USD', '1234567.8901234567890')
    market.socket('alpha').deliver(frames.reject('SOL-USD', 'no such product'))
    const page = await openPage(`${market.url}/`, width, height)
    await page.until(`document.querySelectorAll('.tile').length === 4`)
    const tiles = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.tile')].map((tile) => tile.className + ' ' + tile.innerText.replace(/\\s+/g, ' '))`,
    )
    expect(tiles).toEqual([
      expect.stringMatching(/^tile live BTC (now|\d s) 1 234 567\.8901234567890 USD$/),
      expect.stringMatching(/^tile stale ETH stale 1 \d+ s$/),
      expect.stringMatching(/^tile rejected SOL rejected – USD no such product$/),
      expect.stringMatching(/^tile pending DOGE pending – USD$/),
    ])
    expect(await page.evaluate(`document.querySelector('.notice.mode').innerText`)).toMatch(/^Replay: /)
    // Nothing sticks out to the right, and no price is cut off.
    expect(await page.evaluate(`document.documentElement.scrollWidth <= ${width}`)).toBe(true)
    expect(await page.evaluate(`[...document.querySelectorAll('.price')].every((price) => price.scrollWidth <= price.clientWidth + 1)`)).toBe(true)
    market.clock.advance(1)
    market.trade('alpha', 'BTC-USD', '1234568.5')
    market.clock.advance(1000)
    await page.until(`document.querySelector('.price.up')?.innerText.endsWith('568.5')`)
    await page.evaluate(`document.querySelector('button.rejected').click()`)
    await page.until(`document.querySelectorAll('.tile').length === 1`)
    expect(page.complaints).toEqual([])
  })

  test('shows other names, regions, halted markets and why a listing is not as it should be', browser, async () => {
    const alpha = testConnector({ name: 'alpha', regions: { eea: { urls: ['ws://eea.alpha.test/ws'] } } })
    const rows = [
      { s: 'GRAM-USD', state: 'halted' },
      { s: 'BTC-USD', state: 'trading' },
    ]
    const market = await openFakeMarket(
      {
        connectors: [connectorInRegion(alpha, 'eea'), testConnector({ name: 'beta' })],
        assets: { alpha: ['TON', 'BTC'], beta: ['BTC'] },
        names: new AssetNames([{ asset: 'TON', aliases: ['GRAM'] }]),
      },
      { 'http://alpha.test/list': { rows } },
    )
    onTestFinished(market.stop)
    market.trade('alpha', 'BTC-USD', '5')
    market.trade('beta', 'BTC-USD', '0.003')
    const page = await openPage(`${market.url}/`, 390, 844)
    await page.until(`document.querySelectorAll('.tile').length === 3`)
    const texts = (selector: string): Promise<string[]> =>
      page.evaluate<string[]>(`[...document.querySelectorAll('${selector}')].map((one) => one.innerText.replace(/\\s+/g, ' '))`)
    const why = 'its price is more than 20 % away from that of alpha: it answers only source=beta'
    expect(await texts('.tile')).toEqual([
      expect.stringMatching(/^BTC (now|\d s) 5 USD$/),
      'TON GRAM halted – USD',
      expect.stringMatching(new RegExp(`^BTC (now|\\d s) 0\\.003 USD ${why}$`)),
    ])
    expect(await texts('.venue-head')).toEqual([
      expect.stringMatching(/^ALPHA eea degraded 1 of 2 live$/),
      expect.stringMatching(/^BETA ok 1 of 1 live$/),
    ])
    expect(await texts('.count')).toEqual(['2 live', '1 halted'])
    await page.evaluate(`document.querySelector('button.halted').click()`)
    await page.until(`document.querySelectorAll('.tile').length === 1`)
    await page.evaluate(`document.querySelector('button.halted').click()`)
    await page.evaluate(
      `(() => { const search = document.querySelector('.search'); search.value = 'gra'; search.dispatchEvent(new Event('input')) })()`,
    )
    await page.until(`document.querySelectorAll('.tile').length === 1 && document.querySelector('.tile .asset').innerText.startsWith('TON')`)
    expect(await page.evaluate(`document.documentElement.scrollWidth <= 390`)).toBe(true)
    expect(page.complaints).toEqual([])
  })

  test('says when the connection is lost, and comes back by itself', browser, async () => {
    const options = { connectors: [testConnector({ name: 'alpha' })], assets: { alpha: ['BTC'] } }
    const first = await openFakeMarket(options)
    onTestFinished(first.stop)
    const page = await openPage(`${first.url}/`, 390, 844)
    await page.until(`document.querySelectorAll('.tile').length === 1`)
    expect(await page.evaluate(`document.querySelector('.notice')`)).toBeNull()
    await first.stop()
    await page.until(`document.querySelector('.notice.broken')?.innerText.startsWith('Connection lost.')`)
    const second = await openFakeMarket({ ...options, lpoPort: Number(new URL(first.url).port) })
    onTestFinished(second.stop)
    second.trade('alpha', 'BTC-USD', '7')
    await page.until(`document.querySelector('.notice') === null && document.querySelector('.price')?.innerText === '7'`)
  })
})
