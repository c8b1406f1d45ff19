import { chooseSeed, seededRandom } from '@trinity/core/testing'
import { describe, expect, test } from 'vitest'
import { areFarApart } from './price-distance.ts'

describe('two prices are far apart when the higher is more than 20 % above the lower:', () => {
  test.each([
    ['100', '120', false],
    ['100', '120.000000000000000001', true],
    ['100.000000000000000001', '120', false],
    ['83421.5700', '83421.57', false],
    ['0.00006010', '0.1510', true],
    ['0.1510', '0.1509', false],
    ['1.2e-05', '0.000012', false],
    ['1.2E-05', '0.0000145', true],
    ['1e+2', '100', false],
    ['5', '5e-300', true],
    ['123456789012345678901234', '123456789012345678901235', false],
    ['0.1', '0.12', false],
    ['0.1', '0.1200000001', true],
  ])('%s and %s: %j', (a, b, expected) => {
    expect([areFarApart(a, b), areFarApart(b, a)]).toEqual([expected, expected])
  })

  const seed = chooseSeed()
  test(`whatever the notation (TRINITY_SEED=${seed})`, () => {
    const random = seededRandom(seed)
    const below = (bound: number): number => Math.floor(random() * bound)
    for (let run = 0; run < 2000; run++) {
      const units = 1 + below(1_000_000)
      // In millionths of the lower one: exactly 20 % above it, and one millionth beside that.
      const higher = BigInt(units) * 1_200_000n
      const scale = below(12)
      const plain = (value: bigint): string => {
        const digits = String(value).padStart(scale + 1, '0')
        return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`
      }
      const lower = `${units * 1_000_000}e-${scale}`
      expect([areFarApart(lower, plain(higher - 1n)), areFarApart(lower, plain(higher)), areFarApart(plain(higher + 1n), lower)]).toEqual([
        false,
        false,
        true,
      ])
    }
  })
})
