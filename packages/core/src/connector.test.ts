import { describe, expect, test } from 'vitest'
import { type Connector, connectorInRegion, defineConnector, symbolCandidates } from './connector.ts'
import { isTrinityError } from './errors.ts'
import { plainVenue } from './testing/fake/plain-venue.ts'

function refusal(overrides: object): string {
  try {
    defineConnector({ ...plainVenue(), ...overrides })
  } catch (error) {
    expect(isTrinityError(error) && error.code).toBe('TRN_CONNECTOR_INVALID')
    return error instanceof Error ? error.message : ''
  }
  return 'accepted'
}

describe('defineConnector', () => {
  test('gives back the very literal', () => {
    const literal = plainVenue()
    expect(defineConnector(literal)).toBe(literal)
  })

  const { limits } = plainVenue()
  const rest = { everyMs: 1000, limit: { count: 1, perMs: 1000 } }
  test.each([
    ['apiVersion', { apiVersion: 1 }],
    ['apiVersion', { apiVersion: 3 }],
    ['name', { name: 'Plain Venue' }],
    ['wireId', { wireId: 0 }],
    ['wireId', { wireId: 255 }],
    ['wireId', { wireId: 1.5 }],
    ['urls', { urls: [] }],
    ['urls', { urls: ['https://plain.test'] }],
    ['quotes', { quotes: [] }],
    ['limits.connects', { limits: { ...limits, connects: { count: 0, perMs: 1000 } } }],
    ['limits.frames', { limits: { ...limits, frames: { count: 1, perMs: Number.NaN } } }],
    ['limits.symbolsPerConnection', { limits: { ...limits, symbolsPerConnection: 0 } }],
    ['limits.symbolsPerFrame', { limits: { ...limits, symbolsPerFrame: -1 } }],
    ['heartbeat.silenceMs', { heartbeat: { silenceMs: 0 } }],
    ['urls', { urls: ['wss://'] }],
    ['rest.bodyAgeMs', { rest: { bodyAgeMs: -1 } }],
    ['rest.bodyAgeMs', { rest: { bodyAgeMs: Number.NaN } }],
    ['rest.bodyAgeMs', { rest: { bodyAgeMs: Infinity } }],
    ['rest.everyMs', { rest: { ...rest, everyMs: Number.NaN } }],
    ['rest.everyMs', { rest: { ...rest, everyMs: 0 } }],
    ['rest.everyMs', { rest: { ...rest, everyMs: Infinity } }],
    ['rest.limit', { rest: { ...rest, limit: undefined } }],
    ['rest.limit', { rest: { ...rest, limit: { count: 0, perMs: 1000 } } }],
    ['rest.limit', { rest: { ...rest, limit: { count: 1.5, perMs: 1000 } } }],
    ['rest.limit', { rest: { ...rest, limit: { count: 1, perMs: Number.NaN } } }],
    ['regions', { regions: { Moon: { urls: ['wss://moon.test/'] } } }],
    ['regions', { regions: { global: { urls: ['wss://moon.test/'] } } }],
    ['regions.moon.urls', { regions: { moon: { urls: [] } } }],
    ['regions.moon.urls', { regions: { moon: { urls: ['https://moon.test/'] } } }],
    ['regions.moon.restHosts', { regions: { moon: { urls: ['wss://moon.test/'], restHosts: { 'plain.test': 'https://moon.test' } } } }],
    ['regions.moon.restHosts', { regions: { moon: { urls: ['wss://moon.test/'], restHosts: { 'plain.test/api': 'moon.test' } } } }],
    ['regions.moon.quotes', { regions: { moon: { urls: ['wss://moon.test/'], quotes: [] } } }],
  ])('refuses a wrong %s and names it', (field, overrides) => {
    expect(refusal(overrides)).toContain(`Connector '${'name' in overrides ? overrides.name : 'plain'}': ${field} `)
  })
})

test('a connector for version 1 hears in one line what has changed', () => {
  const line = refusal({ apiVersion: 1 })
  for (const name of ['state', 'tradable', 'rejected', 'renames', 'assetNames', 'side']) expect(line).toContain(name)
  expect(line).not.toContain('\n')
})

describe('symbolCandidates', () => {
  test('an asset has one symbol for each quote, in the order of preference', () => {
    const venue = plainVenue({ quotes: ['USD', 'USDT'] })
    expect(symbolCandidates(venue, ['BTC']).map(({ symbol }) => symbol)).toEqual(['BTC-USD', 'BTC-USDT'])
  })

  test('an asset of several names is looked for under each of them', () => {
    const venue = plainVenue({ quotes: ['USD', 'USDT'] })
    expect(symbolCandidates(venue, ['XNO', 'NANO']).map(({ symbol }) => symbol)).toEqual(['XNO-USD', 'XNO-USDT', 'NANO-USD', 'NANO-USDT'])
  })
})

describe('a connector in a region', () => {
  const rest = {
    everyMs: 1000,
    limit: { count: 1, perMs: 1000 },
    bodyAgeMs: 700,
    request: (symbols: readonly string[]) =>
      symbols.map((symbol) => ({ url: `https://api.plain.test:8443/last?of=${symbol}`, headers: { accept: '*/*' } })),
    decode: () => ({ ticks: [] }),
    list: { request: () => ({ url: 'https://files.plain.test/symbols' }), decode: () => [] },
  }
  const venue: Connector = defineConnector({
    ...plainVenue({ quotes: ['USDT'] }),
    rest,
    regions: {
      north: { urls: ['wss://north.plain.test/'], restHosts: { 'api.plain.test:8443': 'north.plain.test' }, quotes: ['EUR'] },
      south: { urls: ['wss://south.plain.test/'] },
    },
  })

  test('has other sockets, REST hosts and quote currencies, and keeps all else', () => {
    const north = connectorInRegion(venue, 'north')
    expect([north.urls, north.quotes, north.rest?.bodyAgeMs]).toEqual([['wss://north.plain.test/'], ['EUR'], 700])
    expect(north.rest?.request(['A', 'B'], (symbol) => symbol)).toEqual([
      { url: 'https://north.plain.test:8443/last?of=A', headers: { accept: '*/*' } },
      { url: 'https://north.plain.test:8443/last?of=B', headers: { accept: '*/*' } },
    ])
    expect(north.rest?.list?.request()).toEqual({ url: 'https://files.plain.test/symbols' })
    expect(north.rest?.decode).toBe(rest.decode)
  })

  test('what a region leaves out stays', () => {
    const south = connectorInRegion(venue, 'south')
    expect([south.urls, south.quotes]).toEqual([['wss://south.plain.test/'], ['USDT']])
    expect(south.rest?.request(['A'], (symbol) => symbol)).toEqual(rest.request(['A']))
  })

  test('the literal itself is the region global', () => {
    expect(connectorInRegion(venue, 'global')).toBe(venue)
  })

  test.each(['west', 'constructor', ''])('there is no region %j, and the error names those there are', (region) => {
    expect(() => connectorInRegion(venue, region)).toThrow('global, north, south')
  })
})
