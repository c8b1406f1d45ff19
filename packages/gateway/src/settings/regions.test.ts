import { describe, expect, test } from 'vitest'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import { defaultConnectors } from '../connectors.ts'
import { connectorsInRegions, regionSettings, unknownRegions, unusedRegions } from './regions.ts'

const alpha = testConnector({ name: 'alpha' })
const beta = testConnector({
  name: 'be-ta',
  restUrl: 'https://beta.test',
  regions: { eea: { urls: ['wss://eea.beta.test/ws'], restHosts: { 'beta.test': 'eea.beta.test' }, quotes: ['USDC', 'EUR'] } },
})

describe('the region of a connector', () => {
  test('has a variable of its own where the connector has regions', () => {
    expect(regionSettings([alpha, beta])).toMatchObject({
      'be-ta': { variable: 'TRINITY_BE_TA_REGION', allowed: 'one of global, eea', defaultText: 'global' },
    })
    expect(Object.keys(regionSettings([alpha, beta]))).toEqual(['be-ta'])
    expect(Object.values(regionSettings(defaultConnectors)).map(({ variable, allowed }) => `${variable} ${allowed}`)).toEqual([
      'TRINITY_OKX_REGION one of global, eea, us',
    ])
  })

  test('moves its feed, its readings, its listing and its currencies, and nothing of other connectors', () => {
    const [first, second] = connectorsInRegions([alpha, beta], { TRINITY_BE_TA_REGION: 'eea', TRINITY_ALPHA_REGION: 'nowhere' })
    expect(first).toBe(alpha)
    expect(second).toMatchObject({ name: 'be-ta', region: 'eea', urls: ['wss://eea.beta.test/ws'], quotes: ['USDC', 'EUR'] })
    expect(second?.rest?.request(['BTC-EUR'], (symbol) => symbol)).toEqual([{ url: 'https://eea.beta.test/last' }])
    expect(second?.rest?.list?.request()).toEqual({ url: 'https://eea.beta.test/list' })
  })

  test.each([undefined, '', 'global'])('stays where it is with %j', (region) => {
    expect(connectorsInRegions([alpha, beta], { TRINITY_BE_TA_REGION: region })).toEqual([alpha, beta])
  })

  test('is told where it changes nothing', () => {
    const inEea = connectorsInRegions([alpha, beta], { TRINITY_BE_TA_REGION: 'eea' })
    expect(unusedRegions(inEea, '--simulate')).toEqual(["TRINITY_BE_TA_REGION is 'eea', but --simulate uses no live host: it changes nothing."])
    expect(unusedRegions([alpha, beta], '--simulate')).toEqual([])
  })

  test('that is none is refused with those there are', () => {
    expect(() => connectorsInRegions([alpha, beta], { TRINITY_BE_TA_REGION: 'mars' })).toThrow(
      expect.objectContaining({
        code: 'TRN_SETTING_INVALID',
        message: "TRINITY_BE_TA_REGION is 'mars'; it must be one of global, eea.",
      }) as Error,
    )
  })

  test('of a venue that has none are warned of', () => {
    expect(unknownRegions([alpha, beta], { TRINITY_BE_TA_REGION: 'eea', TRINITY_ALPHA_REGION: 'eea', TRINITY_REGION: 'us' })).toEqual([
      'TRINITY_ALPHA_REGION changes nothing: variables like that are TRINITY_BE_TA_REGION.',
    ])
  })
})
