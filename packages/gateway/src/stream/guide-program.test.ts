import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { demoHeaders, keyHeaders } from '../../test-support/gateway-rig.fixture.ts'
import { waitFor } from '../../test-support/stream-client.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'

const gateway = fileURLToPath(new URL('../..', import.meta.url))

/** The program of the guide, with another server and key in place of those of the quick start. */
function readProgram(url: string): string {
  const guide = readFileSync(join(gateway, '..', '..', 'docs', 'guides', 'stream-prices.md'), 'utf8')
  const [, program = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(guide) ?? []
  const replaced = [
    ['ws://127.0.0.1:8080', url.replace('http:', 'ws:')],
    [demoHeaders.authorization ?? '', keyHeaders.authorization ?? ''],
  ] as const
  for (const [from] of replaced) expect(program).toContain(from)
  return replaced.reduce((text, [from, to]) => text.replace(from, to), program)
}

/** Runs a program beside the gateway's own modules; what it has printed so far. */
function run(program: string): () => string {
  const folder = mkdtempSync(join(gateway, 'guide-program-'))
  const file = join(folder, 'program.ts')
  writeFileSync(file, program)
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file])
  onTestFinished(() => {
    child.kill()
    rmSync(folder, { recursive: true })
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part: string) => (printed += part))
  return () => printed
}

test('the program of the guide prints both assets and stays connected', async () => {
  const market = await openFakeMarket({ connectors: [testConnector({ name: 'alpha' })], assets: { alpha: ['BTC', 'ETH'] } })
  onTestFinished(market.stop)
  market.trade('alpha', 'BTC-USD', '5.10')
  market.trade('alpha', 'ETH-USD', '3.20')
  const printed = run(readProgram(market.url))
  await waitFor(() => printed().includes('ETH'))
  expect(printed()).toBe('BTC 5.10\nETH 3.20\n')
  // More than enough for a client that sends with every message to be cut off.
  await new Promise((resolve) => setTimeout(resolve, 500))
  market.clock.advance(100)
  market.trade('alpha', 'BTC-USD', '5.20')
  market.trade('alpha', 'ETH-USD', '3.30')
  await waitFor(() => printed().includes('3.30'))
  expect(printed()).toBe('BTC 5.10\nETH 3.20\nBTC 5.20\nETH 3.30\n')
})
