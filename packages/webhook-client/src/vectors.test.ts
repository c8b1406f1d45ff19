import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { judge, runVectors } from '../test-support/run-vectors.fixture.ts'
import { vectorFiles } from '../test-support/vector-files.fixture.ts'
import { webhookErrors } from './errors.ts'
import * as client from './index.ts'

describe.each([...vectorFiles])('vectors/%s.json', (_file, cases) => {
  test.each(cases)('$name', async (vector) => {
    expect(await judge(client, vector)).toEqual(vector.expect)
  })

  test('names each case once', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
  })
})

test('there are vectors', () => {
  expect([...vectorFiles.keys()]).toEqual(['accepted', 'datagrams', 'events', 'published', 'refused'])
})

test('what runs the vectors in other runtimes finds the same, and finds what is wrong', async () => {
  const all = [...vectorFiles.values()].flat()
  expect(await runVectors(client, all)).toEqual({ passed: all.length, skipped: 0, failures: [] })
  const gullible = { ...client, verify: () => client.verifyDatagram('', new Uint8Array()) }
  expect((await runVectors(gullible, all)).failures.length).toBeGreaterThan(100)
})

test('the published signatures are made again, byte for byte', async () => {
  const published = vectorFiles.get('published') ?? []
  expect(published).toHaveLength(3)
  for (const { headers = {}, body, now, sign_with: secrets = [] } of published) {
    const made = await client.sign(secrets, (body as { text: string }).text, { id: headers['webhook-id'] as string, now: now * 1000 })
    expect(made).toEqual(headers)
  }
})

describe('codes of WebhookError', () => {
  const codes = Object.keys(webhookErrors).toSorted()

  test('each is reached by a vector, and the vectors name no other', () => {
    const reached = [...vectorFiles.values()].flat().flatMap(({ expect: verdict }) => (verdict.ok ? [] : [verdict.code]))
    expect([...new Set(reached)].toSorted()).toEqual(codes)
  })

  test('each stands in the table of the README with its status, and the table names no other', () => {
    const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8')
    const [, section = ''] = /^## Errors$([\s\S]*?)^## /m.exec(readme) ?? []
    const rows = [...section.matchAll(/^\| `(\w+)` \| (\d{3}) \| \S/gm)].map(([, code = '', status = '']) => `${code} ${status}`)
    const expected = Object.entries(webhookErrors).map(([code, [, status = 400]]) => `${code} ${status}`)
    expect(rows.toSorted()).toEqual(expected.toSorted())
  })
})
