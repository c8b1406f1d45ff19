import { describe, expect, test } from 'vitest'
import { type Verifier, verifierNames, verifiers } from './verifiers.ts'
import { benchVerify, findWrong } from './verify-bench.ts'

test('the bench runs, finds every verifier right and reports the ratios', async () => {
  const found = await benchVerify({ rounds: 2, quick: true })
  if ('wrong' in found) throw new Error(found.wrong)
  expect(Object.keys(found.ratios)).toContain('verify_vs_standardwebhooks')
  for (const ratio of Object.values(found.ratios)) expect(ratio).toBeGreaterThan(0)
  expect(found.rows).toHaveLength(6)
  expect(found.rows[0]).toMatchObject({ prices: 1, form: 'bytes', per_second: { webcrypto: { rounds: [expect.any(Number), expect.any(Number)] } } })
  expect(found.lines.join('\n')).toMatch(/^verify_vs_standardwebhooks [\d.]+ \(5 prices\); goal 0\.7: (met|missed)$/m)
  expect(found.lines.join('\n')).toMatch(/^verify_vs_standardwebhooks_30 [\d.]+ \(30 prices\); goal 1: (met|missed)$/m)
})

describe('a verifier that is wrong makes the run void', () => {
  test.each(verifierNames)('%s is not', async (name) => {
    expect(await findWrong(name, verifiers[name])).toBeUndefined()
  })

  test('one that accepts everything is', async () => {
    const gullible: Verifier = async (deliveries) =>
      deliveries.reduce((sum, { text }) => sum + (JSON.parse(text) as { sequence: number }).sequence, 0)
    expect(await findWrong('gullible', gullible)).toBe('gullible accepts a price that was changed')
  })

  test('one that finds nothing is', async () => {
    expect(await findWrong('blind', async () => 0)).toBe('blind does not find the events')
  })
})
