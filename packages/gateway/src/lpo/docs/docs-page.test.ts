import { type TestOptions, describe, expect, onTestFinished, test } from 'vitest'
import { noChromium, openPage } from '../../../test-support/chromium.fixture.ts'
import { openFakeMarket } from '../../../test-support/fake-market.fixture.ts'
import { testConnector } from '../../../test-support/test-connector.fixture.ts'

const browser: TestOptions = { timeout: 60_000, skip: noChromium !== undefined }
const name = noChromium === undefined ? 'in a browser' : `in a browser (skipped: ${noChromium})`

describe(`the API page ${name}`, () => {
  test.each(['/docs', '/docs/', '/docs?a=b#/default'])('at %s shows every route, in our looks', browser, async (path) => {
    const market = await openFakeMarket({ connectors: [testConnector({ name: 'alpha' })], assets: { alpha: ['BTC'] } })
    onTestFinished(market.stop)
    const page = await openPage(`${market.url}${path}`, 1280, 800)
    await page.until(`document.querySelectorAll('.opblock').length === 9`)
    expect(await page.evaluate(`document.title`)).toBe('Trinity API')
    expect(await page.evaluate(`getComputedStyle(document.querySelector('.topbar')).display`)).toBe('none')
    expect(await page.evaluate(`document.querySelector('.info .link').pathname`)).toBe('/openapi.json')
    // The page does without the styles that it sets inline.
    expect(page.complaints.filter((text) => !text.includes('Applying inline style'))).toEqual([])
  })
})
