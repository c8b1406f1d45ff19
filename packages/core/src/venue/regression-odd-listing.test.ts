import { describe, expect, test } from 'vitest'
import { VenueRig } from './venue-rig.fixture.ts'

const assets = ['A', 'B', 'C', 'D', 'E', 'F']
const rows = (state: 'trading' | 'closed', of = assets): Record<string, 'trading' | 'closed'> =>
  Object.fromEntries(of.map((asset) => [`${asset}-USD`, state]))
const minute = 60_000

async function makeRig(prewarmed = assets): Promise<VenueRig> {
  const rig = new VenueRig([{ name: 'alpha', prewarmed }])
  rig.listed.set('alpha', rows('trading'))
  await rig.run()
  for (const asset of prewarmed) rig.trade('alpha', `${asset}-USD`, '1')
  return rig
}

/** Has the listing read once, by then like this. */
async function read(rig: VenueRig, listed: Readonly<Record<string, 'trading' | 'halted' | 'closed'>>): Promise<void> {
  rig.listed.set('alpha', listed)
  rig.venue.instruments.readSoon()
  const before = rig.listingRequests('alpha')
  while (rig.listingRequests('alpha') === before) await rig.pass(minute)
}

const held = (rig: VenueRig): string =>
  rig.directory
    .list('alpha')
    .map(({ asset, halted }) => asset + (halted ? '!' : ''))
    .toSorted()
    .join(' ')

describe('one odd listing', () => {
  test('with a hundred symbols too many does not make the next true one unbelievable', async () => {
    const rig = await makeRig()
    const junk = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`J${i}-USD`, 'trading'] as const))
    await read(rig, { ...rows('trading'), ...junk })
    await read(rig, { ...rows('trading'), 'A-USD': 'halted', 'B-USD': 'closed' })
    expect(held(rig)).toBe('A! C D E F')
    expect(rig.log.filter((line) => line.includes('not believed'))).toEqual([])
  })

  test('that closes half of what is wanted removes nothing, a second one does', async () => {
    const rig = await makeRig()
    const half = { ...rows('trading'), ...rows('closed', ['D', 'E', 'F']) }
    await read(rig, half)
    expect(held(rig)).toBe('A B C D E F')
    await read(rig, rows('trading'))
    await read(rig, half)
    expect(held(rig)).toBe('A B C D E F')
    await read(rig, half)
    expect(held(rig)).toBe('A B C')
  })

  test('that closes most of it takes three in a row, and what it says of halts counts at once', async () => {
    const rig = await makeRig()
    const most = { ...rows('closed'), 'A-USD': 'trading', 'B-USD': 'halted' } as const
    await read(rig, most)
    expect(held(rig)).toBe('A B! C D E F')
    await read(rig, most)
    expect(held(rig)).toBe('A B! C D E F')
    await read(rig, most)
    expect(held(rig)).toBe('A B!')
    expect(rig.log.filter((line) => line.includes('4 of 6 wanted symbols are missing'))).toHaveLength(1)
  })

  test('costs nothing that is on demand either', async () => {
    const rig = await makeRig(['A'])
    for (const asset of assets.slice(1)) rig.venue.addListing(asset, `${asset}-USD`, 'USD', { onDemand: true })
    await read(rig, { 'A-USD': 'trading' })
    expect(held(rig)).toBe('A B C D E F')
  })

  test('that is cut short but for what is wanted is read again within minutes', async () => {
    const rig = await makeRig(['A'])
    await read(rig, { 'A-USD': 'trading' })
    rig.listed.set('alpha', rows('trading'))
    await rig.pass(5 * minute)
    expect(rig.venue.instruments.status('B-USD')).toBe('trading')
  })
})
