import type { PriceWish, TrinityError } from '@trinity/core'
import { describe, expect, test } from 'vitest'
import { openPriceService } from '../../test-support/price-service-rig.fixture.ts'
import type { FetchOutcome } from '../serving/control.ts'

const btc = { asset: 'BTC' }

describe('an asset that is not on the board', () => {
  test('is unknown, or only not known yet while listings are unread, or swapped into another one', async () => {
    const { prices, fetches, table } = openPriceService()
    const ask = async (question: PriceWish, outcome: Partial<FetchOutcome>): Promise<unknown> => {
      expect(prices.find(question)).toBeUndefined()
      const waiting = prices.fetch(question)
      fetches.at(-1)?.answer(outcome)
      return waiting.catch((error: TrinityError) => [error.code, error.successor, error.retryAfterMs, error.message])
    }
    const matic = { asset: 'MATIC' }
    expect(await ask(matic, { unread: ['alpha', 'beta'], awaits: true })).toEqual([
      'TRN_PRICE_UNAVAILABLE',
      undefined,
      2000,
      'MATIC is not known yet: the listings of alpha, beta have not been read since the start; try again in 2 s.',
    ])
    expect(await ask({ asset: 'NOSUCH' }, { unread: ['beta'] })).toEqual([
      'TRN_ASSET_UNKNOWN',
      undefined,
      undefined,
      'No venue lists NOSUCH; /exchanges shows what there is. The listings of beta could not be read since the start.',
    ])
    expect(await ask(matic, {})).toEqual([
      'TRN_ASSET_UNKNOWN',
      'POL',
      undefined,
      'No venue lists MATIC; /exchanges shows what there is. Its holders were given POL in its place, which is another asset with a price of its own.',
    ])
    table.setReach('MATIC', { listed: true, elsewhere: false })
    expect(await ask({ asset: 'MATIC', venue: 'alpha' }, {})).toEqual([
      'TRN_ASSET_UNKNOWN',
      undefined,
      undefined,
      'alpha does not list MATIC; leave out source or see /exchanges.',
    ])
  })

  test('has no price in the quote asked for, where it is listed in another', async () => {
    const { prices, fetches } = openPriceService()
    const question = { asset: 'USDT', quote: 'EUR' }
    const waiting = [prices.fetch(question), prices.fetch({ ...question, venue: 'alpha' })]
    for (const { answer } of fetches) answer({ listed: true })
    const messages = await Promise.all(waiting.map((one) => one.catch((error: TrinityError) => `${error.code} ${error.message}`)))
    expect(messages).toEqual([
      'TRN_QUOTE_UNAVAILABLE USDT is not quoted in EUR here; leave out quote or see /exchanges.',
      'TRN_QUOTE_UNAVAILABLE USDT is not quoted in EUR at alpha; leave out quote or see /exchanges.',
    ])
  })

  test('is being fetched for those who cannot wait, where a venue trades it', () => {
    const { prices, table, setElsewhere, fetches } = openPriceService()
    expect(prices.peek('BTC')).toBeUndefined()
    expect([prices.missOf('BTC').code, fetches.length]).toEqual(['TRN_ASSET_UNKNOWN', 0])
    table.setAwaitsListings(true)
    expect(prices.missOf('BTC')).toMatchObject({ code: 'TRN_PRICE_UNAVAILABLE', message: expect.stringMatching(/listings of some venues/) as string })
    setElsewhere(false)
    expect(prices.peek('BTC')).toBeUndefined()
    expect(prices.missOf('BTC')).toMatchObject({ code: 'TRN_PRICE_UNAVAILABLE', message: 'BTC is being fetched; try again in a second.' })
    expect(fetches).toHaveLength(1)
  })
})

describe('a listing that is apart', () => {
  test('answers only those who name its venue, and alone it is no price of the asset', () => {
    const { prices, list, trade } = openPriceService()
    list(2, { apart: true })
    trade(2, '0.7')
    expect(prices.find({ asset: 'BTC', venue: 'beta' })).toMatchObject({ price: '0.7' })
    expect(() => prices.find(btc)).toThrow(/^Venues' prices of BTC are too far apart/)
  })

  test('is waited for by all who ask for it while it is read and not compared yet', async () => {
    const { prices, list, fetches } = openPriceService()
    list(1)
    list(2, { currency: 'USDT', onDemand: true, apart: true })
    const question = { asset: 'BTC', quote: 'USDT' }
    for (let i = 0; i < 3; i++) expect(prices.find(question)).toBeUndefined()
    const waiting = [prices.fetch(question), prices.fetch(question)]
    fetches[0]?.answer()
    await Promise.all(waiting.map((one) => expect(one).rejects.toMatchObject({ code: 'TRN_PRICE_UNAVAILABLE' })))
    expect(fetches).toHaveLength(1)
  })
})

test('a refusal says where the market is halted', () => {
  const { clock, prices, list, trade } = openPriceService()
  list(1, { halted: true })
  expect(() => prices.find(btc)).toThrow('The market of BTC is halted at alpha, and no price has arrived since the start; try again when it trades.')
  trade(1, '5')
  clock.advance(301_000)
  expect(() => prices.find(btc)).toThrow(
    'The market of BTC is halted at alpha. The newest price of BTC was confirmed 301.0 s ago, more than the 300 s allowed; try again when it trades.',
  )
})
