import { describe, expect, test } from 'vitest'
import type { Connector, ListedSymbol } from '../connector.ts'
import { RestReader } from '../feed/rest-reader.ts'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { FakeTransport } from '../testing/fake/fake-transport.ts'
import { plainVenue } from '../testing/fake/plain-venue.ts'
import { AssetNames } from './asset-names.ts'
import { InstrumentList } from './instrument-list.ts'

const minuteMs = 60_000
const names = new AssetNames([{ asset: 'TON', aliases: ['GRAM'] }])
const wanted = ['TON', 'BTC', 'ETH', 'SOL', 'XRP']

type Row = Pick<ListedSymbol, 'state'> & Partial<ListedSymbol>

const trading = (...assets: readonly string[]): Record<string, Row> =>
  Object.fromEntries(assets.map((asset) => [`${asset}-USD`, { state: 'trading' as const }]))

class Rig {
  readonly clock = new FakeClock()
  readonly warnings: string[] = []
  readonly readAt: number[] = []
  onChange = (): void => undefined
  quiet: readonly string[] = []
  body: string | readonly ListedSymbol[]
  readonly list: InstrumentList
  readonly reader: RestReader | undefined
  /** The address of the last request. */
  readonly lastUrl: () => string

  constructor(rows: Record<string, Row> | string) {
    this.body = ''
    this.show(rows)
    const connector: Connector = {
      ...plainVenue(),
      quotes: ['USD', 'EUR'],
      toSymbol: ({ base, quote }) => `${base}-${quote}`,
      rest: {
        everyMs: 20_000,
        limit: { count: 1000, perMs: 1000 },
        request: (symbols, restName) => symbols.map((symbol) => ({ url: `https://plain.test/${restName(symbol)}` })),
        decode: () => ({ ticks: [] }),
        list: {
          request: () => ({ url: 'https://plain.test/list' }),
          decode: (body) => (body.startsWith('[') ? (JSON.parse(body) as ListedSymbol[]) : []),
        },
      },
    }
    const transport = new FakeTransport(this.clock, ({ url }) => {
      if (url.endsWith('/list')) this.readAt.push(this.clock.now())
      return { status: 200, body: typeof this.body === 'string' ? this.body : JSON.stringify(this.body) }
    })
    const reader = connector.rest === undefined ? undefined : new RestReader(connector.rest, transport, this.clock)
    this.lastUrl = () => transport.requests.at(-1)?.what.url ?? ''
    this.list = new InstrumentList({
      connector,
      reader,
      names,
      clock: this.clock,
      random: () => 0.5,
      wanted,
      quiet: () => this.quiet,
      onChange: () => this.onChange(),
      onWarning: (kind, reason) => this.warnings.push(`${kind}: ${reason}`),
    })
    this.reader = reader
  }

  show(rows: Record<string, Row> | string): void {
    this.body = typeof rows === 'string' ? rows : Object.entries(rows).map(([symbol, row]) => ({ symbol, ...row }))
  }

  async start(): Promise<void> {
    this.list.start()
    await this.clock.advanceAsync(0)
  }

  async pass(minutes: number): Promise<void> {
    await this.clock.advanceAsync(minutes * minuteMs)
  }

  symbols(...assets: readonly string[]): readonly (string | undefined)[] {
    return assets.map((asset) => this.list.resolve(asset)?.symbol)
  }
}

const all = trading('TON', 'BTC', 'ETH', 'SOL', 'XRP')

describe('what a listing says', () => {
  test('is unknown until it is read; then the state of each symbol', async () => {
    const rig = new Rig({ ...all, 'BTC-USD': { state: 'halted' }, 'ETH-USD': { state: 'closed' } })
    expect([rig.list.isUnread, rig.list.status('BTC-USD'), rig.list.resolve('BTC')?.status]).toEqual([true, 'unknown', 'unknown'])
    await rig.start()
    expect(['BTC-USD', 'ETH-USD', 'SOL-USD', 'NO-USD'].map((symbol) => rig.list.status(symbol))).toEqual(['halted', 'closed', 'trading', 'absent'])
    expect(rig.symbols('BTC', 'ETH', 'SOL')).toEqual(['BTC-USD', undefined, 'SOL-USD'])
    expect(rig.list.isUnread).toBe(false)
  })

  test('of several rows of a symbol is the best state, with the name that goes with it', async () => {
    const rig = new Rig('')
    const { 'BTC-USD': _btc, ...others } = all
    rig.body = [
      ...Object.entries(others).map(([symbol, row]) => ({ symbol, ...row })),
      { symbol: 'BTC-USD', state: 'halted', restName: 'OLD' },
      { symbol: 'BTC-USD', state: 'trading', restName: 'NEW' },
      { symbol: 'BTC-USD', state: 'closed', restName: 'DEAD' },
    ]
    await rig.start()
    expect(rig.list.status('BTC-USD')).toBe('trading')
    await rig.reader?.read(['BTC-USD'])
    expect(rig.lastUrl()).toBe('https://plain.test/NEW')
  })

  test('of a word that nobody knows counts as halted and is warned of once', async () => {
    const rig = new Rig({ ...all, 'SOL-USD': { state: 'halted', unknownState: 'napping' } })
    await rig.start()
    await rig.pass(10)
    expect(rig.warnings.filter((line) => line.includes('napping'))).toHaveLength(1)
  })

  test.each([
    ['another name in the same currency takes the place of a halted one', { 'TON-USD': 'halted', 'GRAM-USD': 'trading' }, 'GRAM-USD'],
    ['another currency does not', { 'TON-USD': 'halted', 'TON-EUR': 'trading' }, 'TON-USD'],
    ['a closed one is left for any that trades', { 'TON-USD': 'closed', 'TON-EUR': 'trading' }, 'TON-EUR'],
  ] as const)('of the symbol that an asset has: %s', async (_name, states, expected) => {
    const rig = new Rig({ ...trading('BTC', 'ETH', 'SOL', 'XRP'), ...Object.fromEntries(Object.entries(states).map(([s, state]) => [s, { state }])) })
    await rig.start()
    expect(rig.list.resolve('TON', undefined, 'TON-USD')?.symbol).toBe(expected)
  })
})

describe('a listing is read again', () => {
  test('daily while all is well, with jitter', async () => {
    const rig = new Rig(all)
    await rig.start()
    await rig.pass(23 * 60)
    expect(rig.readAt).toHaveLength(1)
    await rig.pass(2 * 60)
    expect(rig.readAt).toHaveLength(2)
  })

  test.each([
    ['missing', {}],
    ['halted', { 'BTC-USD': { state: 'halted' as const } }],
  ])('within minutes while something wanted is %s', async (_state, more) => {
    const { 'BTC-USD': _btc, ...rest } = all
    const rig = new Rig({ ...rest, ...more })
    await rig.start()
    await rig.pass(13)
    expect(rig.readAt.length).toBeGreaterThanOrEqual(4)
    rig.show(all)
    await rig.pass(4)
    expect(rig.list.status('BTC-USD')).toBe('trading')
    const before = rig.readAt.length
    await rig.pass(60)
    expect(rig.readAt).toHaveLength(before)
  })

  test('when something wanted has gone quiet, and when somebody asks for it, but not at once', async () => {
    const rig = new Rig(all)
    await rig.start()
    rig.quiet = ['BTC-USD']
    await rig.pass(2)
    expect(rig.readAt).toHaveLength(1)
    await rig.pass(2)
    expect(rig.readAt).toHaveLength(2)
    await rig.pass(8)
    expect(rig.readAt).toHaveLength(2)
    await rig.pass(2)
    expect(rig.readAt).toHaveLength(3)
    await rig.pass(3)
    rig.quiet = ['BTC-USD', 'ETH-USD']
    await rig.pass(1)
    expect(rig.readAt).toHaveLength(4)
    rig.quiet = ['ETH-USD']
    await rig.pass(4)
    rig.quiet = ['BTC-USD', 'ETH-USD']
    await rig.pass(1)
    expect(rig.readAt).toHaveLength(5)
    rig.quiet = []
    for (let i = 0; i < 50; i++) rig.list.readSoon()
    await rig.pass(2)
    expect(rig.readAt).toHaveLength(5)
    await rig.pass(2)
    expect(rig.readAt).toHaveLength(6)
  })
})

test('a list that is stopped when its listing is told leaves no timer behind', async () => {
  const rig = new Rig(all)
  rig.onChange = () => rig.list.stop()
  await rig.start()
  expect(rig.clock.pending).toBe(0)
})

describe('a listing that can not be true', () => {
  test.each([
    ['empty', '[]'],
    ['an HTML page', '<html>maintenance</html>'],
  ])('is left aside when it is %s, warned of once, and the last good one stays', async (_kind, rows) => {
    const rig = new Rig(all)
    await rig.start()
    rig.show(rows)
    rig.list.readSoon()
    await rig.pass(30)
    expect(rig.readAt.length).toBeGreaterThan(3)
    expect(rig.symbols(...wanted)).toEqual(wanted.map((asset) => `${asset}-USD`))
    expect(rig.warnings.filter((line) => line.startsWith('listing: '))).toHaveLength(1)
  })

  test.each([
    ['most of what is wanted', trading('BTC', 'NEW1', 'NEW2', 'NEW3', 'NEW4')],
    ['most of its symbols', trading('BTC', 'ETH')],
  ])('without %s is warned of once, and believed when three readings say the same', async (_kind, rows) => {
    const rig = new Rig(all)
    await rig.start()
    rig.show(rows)
    rig.list.readSoon()
    await rig.pass(5)
    expect([rig.readAt.length, rig.list.status('SOL-USD')]).toEqual([3, 'trading'])
    await rig.pass(2)
    expect([rig.readAt.length, rig.list.status('SOL-USD')]).toEqual([4, 'absent'])
    expect(rig.warnings.filter((line) => line.startsWith('listing: '))).toHaveLength(1)
  })

  test('is believed as the first one after some time, since nothing says better', async () => {
    const rig = new Rig(trading('BTC', 'NEW1', 'NEW2', 'NEW3', 'NEW4'))
    await rig.start()
    expect([rig.list.isUnread, rig.symbols('ETH')]).toEqual([true, ['ETH-USD']])
    await rig.pass(12)
    expect([rig.list.isUnread, rig.symbols('BTC', 'ETH')]).toEqual([false, ['BTC-USD', undefined]])
  })

  test('costs no single symbol either: what was wanted is gone when a second listing lacks it too', async () => {
    const rig = new Rig(all)
    await rig.start()
    const { 'SOL-USD': _sol, ...rest } = all
    rig.show({ ...rest, ...trading('NEW') })
    rig.list.readSoon()
    await rig.pass(4)
    expect([rig.readAt.length, rig.list.status('SOL-USD')]).toEqual([2, 'trading'])
    await rig.pass(4)
    expect([rig.readAt.length, rig.list.status('SOL-USD')]).toEqual([3, 'absent'])
  })
})
