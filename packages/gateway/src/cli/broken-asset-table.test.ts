import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { trinityCommand } from '../../test-support/run-trinity.fixture.ts'
import { tempFolder } from '../../test-support/temp-folder.fixture.ts'

/** A clone of this server whose asset table is another one, to be run from; its packages are those here. */
function cloneWithTable(change: (table: string) => string): string {
  const gateway = dirname(dirname(trinityCommand))
  const root = dirname(dirname(gateway))
  const clone = tempFolder()
  const copy = join(clone, 'packages/gateway')
  mkdirSync(copy, { recursive: true })
  for (const name of ['bin', 'src', 'package.json']) cpSync(join(gateway, name), join(copy, name), { recursive: true })
  for (const name of ['node_modules', 'tsconfig.json']) symlinkSync(join(root, name), join(clone, name))
  symlinkSync(join(gateway, 'node_modules'), join(copy, 'node_modules'))
  const file = join(copy, 'src/settings/assets.json')
  writeFileSync(file, change(readFileSync(file, 'utf8')))
  return join(copy, 'bin/trinity.js')
}

test.each(['start', 'decode'])('a broken asset table stops trinity %s with one line that names the line of the table', (command) => {
  const trinity = cloneWithTable((table) => table.replace('"kraken": ["UST"]', '"kraken": ["LUNA"]'))
  const { status, stdout, stderr } = spawnSync(process.execPath, [trinity, command, 'kraken'], { encoding: 'utf8', timeout: 20_000 })
  expect(stderr).toMatch(
    /^TRN_SETTING_INVALID Asset table, line \d+ of assets\.json \(USTC\): the name LUNA at kraken belongs to line \d+ of assets\.json \(LUNC\)\.\n$/,
  )
  expect([status, stdout]).toEqual([1, ''])
})
