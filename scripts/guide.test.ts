import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectorChecks, readFixtures } from '@trinity/core/testing'
import { expect, test } from 'vitest'
import { bitstamp } from '../examples/custom-connector/src/index.ts'
import { repositoryRoot } from './workspace.ts'

test('the guide to a new exchange says of each group of checks what it proves, and names none that is gone', () => {
  const guide = readFileSync(join(repositoryRoot, 'docs', 'guides', 'adding-an-exchange.md'), 'utf8')
  const [, section = ''] = /^## What the kit's checks prove$([\s\S]*?)^## /m.exec(guide) ?? []
  const told = [...section.matchAll(/^\| `([\w-]+)` \| \S/gm)].map(([, group]) => group)
  const checks = connectorChecks(bitstamp, readFixtures(join(repositoryRoot, 'examples', 'custom-connector', 'fixtures')))
  expect(new Set(told)).toEqual(new Set(checks.map(({ name }) => name.split(':')[0])))
})
