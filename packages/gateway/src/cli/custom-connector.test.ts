import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { ask, demoHeaders } from '../../test-support/gateway-rig.fixture.ts'
import { startTrinity } from '../../test-support/run-trinity.fixture.ts'
import { tempFolder, writeRecording } from '../../test-support/temp-folder.fixture.ts'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const example = 'examples/custom-connector'

describe('a connector from outside, named in TRINITY_CONNECTORS', () => {
  test('answers beside the built-in ones, which go first for an asset that several have', async () => {
    const running = startTrinity(['start', '--replay', `${example}/recordings`], { TRINITY_CONNECTORS: `./${example}/src/index.ts` }, root)
    const url = await running.address()
    const price = async (query: string): Promise<Record<string, unknown>> => (await ask(`${url}/price?${query}`, { headers: demoHeaders })).body
    const first = await price('asset=btc')
    expect(first).toMatchObject({ status_code: 200, source: 'coinbase-ws-replay', currency: 'USD', stale: false })
    const chosen = await price('asset=btc&source=bitstamp')
    expect(chosen).toMatchObject({ status_code: 200, source: 'bitstamp-ws-replay', currency: 'USD', stale: false })
    expect(await price('asset=ada')).toMatchObject({ source: 'bitstamp-ws-replay', price_text: expect.stringMatching(/^0\.712\d\d$/) as string })

    const recorded = (venue: string): string => readFileSync(`${root}/${example}/recordings/${venue}/hand-written.jsonl`, 'utf8')
    expect(recorded('coinbase')).toContain(`\\"price\\":\\"${String(first.price_text)}\\"`)
    expect(recorded('bitstamp')).toContain(`\\"price_str\\":\\"${String(chosen.price_text)}\\"`)

    const { exchanges } = (await ask(`${url}/exchanges`)).body as { exchanges: readonly Record<string, unknown>[] }
    expect(exchanges.at(-1)).toMatchObject({ id: 'bitstamp', name: 'Bitstamp', wire_id: 128, source: 'bitstamp-ws-replay' })
    expect(running.stdout).toMatch(/bitstamp: hand-written\.jsonl/)
    expect(running.stderr).toBe('')
  })

  test('makes its assets known tickers everywhere: a recording of them at a built-in venue is a listing there', async () => {
    const folder = tempFolder()
    const frame = `{"channel":"trade","type":"update","data":[{"symbol":"ADA/USD","side":"buy","price":0.71300,"qty":1.0,"trade_id":1,"timestamp":"2026-10-15T12:00:00.000Z"}]}`
    writeRecording(folder, 'kraken/live.jsonl', [{ frame }])
    const running = startTrinity(['start', '--replay', folder], { TRINITY_CONNECTORS: `./${example}` }, root)
    const url = await running.address()
    const { body } = await ask(`${url}/price?asset=ada&source=kraken`, { headers: demoHeaders })
    expect(body).toMatchObject({ source: 'kraken-ws-replay', price_text: '0.71300' })
  })

  test('is small', () => {
    const lines = readFileSync(`${root}/${example}/src/index.ts`, 'utf8').split('\n')
    expect(lines.filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(150)
  })
})
