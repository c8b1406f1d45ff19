import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findExchangeNames } from './check-names.ts'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trinity-names-'))
})

afterEach(() => {
  rmSync(root, { recursive: true, force: true })
})

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}

describe('an exchange’s name', () => {
  test('is found in core and gateway, with file and line, in any spelling', () => {
    write('packages/core/src/feed/session.ts', 'const one = 1\nif (name === "Kraken") reconnect()\n')
    write('packages/gateway/src/lpo/price.ts', '// Gate.io needs a moment\n')
    expect(findExchangeNames(root)).toEqual([
      { file: 'packages/core/src/feed/session.ts', line: 2, text: 'if (name === "Kraken") reconnect()' },
      { file: 'packages/gateway/src/lpo/price.ts', line: 1, text: '// Gate.io needs a moment' },
    ])
  })

  test('may stand in settings, default connectors, benches, tests and connector packages', () => {
    const places = [
      'packages/gateway/src/settings/assets.ts',
      'packages/gateway/src/connectors.ts',
      'packages/gateway/bench/feed.ts',
      'packages/core/src/feed/session.test.ts',
      'packages/gateway/src/replay/replay.long.ts',
      'packages/connectors/okx/src/index.ts',
    ]
    for (const place of places) write(place, "export const name = 'okx'\n")
    expect(findExchangeNames(root)).toEqual([])
  })
})
