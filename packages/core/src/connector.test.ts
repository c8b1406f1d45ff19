import { describe, expect, test } from 'vitest'
import { defineConnector, symbolCandidates } from './connector.ts'
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
  test.each([
    ['apiVersion', { apiVersion: 2 }],
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
  ])('refuses a wrong %s and names it', (field, overrides) => {
    expect(refusal(overrides)).toContain(`Connector '${'name' in overrides ? overrides.name : 'plain'}': ${field} `)
  })
})

describe('symbolCandidates', () => {
  test('an asset has one symbol for each quote, in the order of preference', () => {
    const venue = plainVenue({ quotes: ['USD', 'USDT'] })
    expect(symbolCandidates(venue, 'BTC').map(({ symbol }) => symbol)).toEqual(['BTC-USD', 'BTC-USDT'])
  })

  test('a renamed asset is looked for under each of its names', () => {
    const venue = plainVenue({ quotes: ['USD', 'USDT'], renames: { NANO: ['XNO', 'NANO'] } })
    expect(symbolCandidates(venue, 'NANO').map(({ symbol }) => symbol)).toEqual(['XNO-USD', 'XNO-USDT', 'NANO-USD', 'NANO-USDT'])
  })
})
