import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { defaultConnectors } from './connectors.ts'

const maxLines = 150

test.each(defaultConnectors.map(({ name }) => name))(`the connector of %s is a file of at most ${maxLines} lines`, (name) => {
  const source = readFileSync(new URL(`../../connectors/${name}/src/index.ts`, import.meta.url), 'utf8')
  expect(source.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(maxLines)
})
