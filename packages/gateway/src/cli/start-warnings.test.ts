import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startTrinity } from '../../test-support/run-trinity.fixture.ts'
import { tempFolder } from '../../test-support/temp-folder.fixture.ts'

const connector = `{ apiVersion: 2, name: 'alpha', title: 'Alpha', wireId: 200, sourceTag: 'alpha-ws', urls: ['ws://127.0.0.1:9'], quotes: ['USD'],
  limits: { connects: { count: 9, perMs: 1000 }, frames: { count: 9, perMs: 1000 }, symbolsPerConnection: 9, symbolsPerFrame: 9 },
  heartbeat: { silenceMs: 9000 }, backfill: 'none', toSymbol: () => 'X', subscribe: () => [], unsubscribe: () => [], decode: () => [] }`

test('a start warns of a region that changes nothing and of names that the asset table has for other assets, and of nothing as it stops', async () => {
  const folder = tempFolder()
  writeFileSync(join(folder, 'alpha.mjs'), `export const alpha = ${connector}\nexport const assetNames = { BTC: ['ETH'] }`)
  const environment = { TRINITY_CONNECTORS: './alpha.mjs', TRINITY_OKX_REGION: 'eea', LOG_FORMAT: 'json' }
  const running = startTrinity(['start', '--simulate', '--seed', '7'], environment, folder)
  await running.address()
  running.child.kill('SIGTERM')
  expect((await running.ended).code).toBe(0)
  const warnings = running.stderr.split('\n').flatMap((line) => (line === '' ? [] : [(JSON.parse(line) as { msg: string }).msg]))
  expect(warnings).toEqual([
    'TRINITY_CONNECTORS: ./alpha.mjs exports assetNames by which ETH is BTC; the asset table says that it is ETH.',
    "TRINITY_OKX_REGION is 'eea', but --simulate uses no live host: it changes nothing.",
  ])
})
