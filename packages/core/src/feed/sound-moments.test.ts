import { expect, test } from 'vitest'
import type { RestPrices } from '../connector.ts'
import { plainTick } from '../testing/fake/plain-venue.ts'
import { isMoment, pricesWithSoundMoments, withSoundMoments } from './sound-moments.ts'

const odd = [Number.NaN, Infinity, -Infinity, -1, 1e300, '1790000000000', null]

test.each(odd)('%s is no moment', (ms) => {
  expect(isMoment(ms)).toBe(false)
  const tick = plainTick('a', '1', { at: ms as number, orderAt: ms as number, madeAt: ms as number })
  expect(withSoundMoments(tick)).toStrictEqual(plainTick('a', '1', { at: undefined }))
  const prices: RestPrices = { ticks: [plainTick('b', '2'), tick], madeAt: ms as number }
  expect(pricesWithSoundMoments(prices)).toStrictEqual({ ticks: [plainTick('b', '2'), plainTick('a', '1', { at: undefined })] })
})

test('one time that is none leaves the others as they are', () => {
  const tick = plainTick('a', '1', { at: 5, orderAt: Number.NaN, madeAt: 7 })
  expect(withSoundMoments(tick)).toStrictEqual(plainTick('a', '1', { at: 5, madeAt: 7 }))
})

test.each([17, null, {}])('an id that is no text counts as absent: %s', (id) => {
  expect(withSoundMoments(plainTick('a', '1', { at: 5, id: id as unknown as string }))).toStrictEqual(plainTick('a', '1', { at: 5, id: undefined }))
})

test('what is sound is handed on as it is', () => {
  const prices: RestPrices = { ticks: [plainTick('a', '1', { orderAt: 0 }), plainTick('a', '1', { at: undefined })], madeAt: 0.5 }
  expect(pricesWithSoundMoments(prices)).toBe(prices)
})
