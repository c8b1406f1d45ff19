import { describe, expect, test } from 'vitest'
import type { Connector, ConnectorRest, FeedEvent, ListedSymbol, RestPrices, RestRejection } from '../../connector.ts'
import { AssetNames } from '../../venue/asset-names.ts'
import type { SimulatorDialect } from '../dialect.ts'
import type { Fault } from '../fault/fault.ts'
import { findFault } from '../fault/fault-table.ts'
import { type FaultReport, missedFigures } from './fault-report.ts'
import { plainExchange, plainSimulator } from './plain-simulator.ts'
import { type FaultRun, runFault } from './run-fault.ts'

const rest = plainExchange.rest as ConnectorRest
const list = rest.list as NonNullable<ConnectorRest['list']>

function run(fault: string | Fault, more: Partial<FaultRun> = {}): Promise<FaultReport> {
  return runFault({ dialect: plainSimulator, fault: typeof fault === 'string' ? findFault(fault) : fault, seed: 1, everyPrice: true, ...more })
}

function dialectOf(connector: Connector): SimulatorDialect {
  return { ...plainSimulator, connector }
}

const withRest = (changes: Partial<ConnectorRest>): SimulatorDialect => dialectOf({ ...plainExchange, rest: { ...rest, ...changes } })

const decoding = (change: (event: FeedEvent) => FeedEvent | undefined): SimulatorDialect =>
  dialectOf({
    ...plainExchange,
    decode: (frame) =>
      plainExchange
        .decode(frame)
        .map(change)
        .filter((event) => event !== undefined),
  })

describe('a run of a fault notices', () => {
  test('an asset that becomes unknown because its market is halted', async () => {
    const closed = (listed: readonly ListedSymbol[] | RestRejection): readonly ListedSymbol[] | RestRejection =>
      'rejected' in listed ? listed : listed.map((row) => (row.state === 'halted' ? { ...row, state: 'closed' } : row))
    const report = await run('some-halted-at-start', { dialect: withRest({ list: { ...list, decode: (body) => closed(list.decode(body)) } }) })
    expect(report.unknownAssets).toEqual(['BTC', 'SOL'])
    expect(missedFigures(report).join()).toMatch(/configured asset answered 404: BTC/)
  })

  test('a renamed asset whose other name nobody knows', async () => {
    const report = await run('renamed-symbol', { names: new AssetNames([]) })
    expect(report.unknownAssets).toEqual(['BTC'])
    expect(missedFigures(report).join()).toMatch(/not back: BTC/)
    expect(missedFigures(await run('renamed-symbol'))).toEqual([])
  })

  test('bodies that are older than the connector says', async () => {
    const venueDialect = withRest({ bodyAgeMs: 15_000 })
    const report = await run('old-bodies-cut', { dialect: withRest({ bodyAgeMs: 0 }), venueDialect })
    expect(report.youngerThanTrue).not.toEqual([])
    expect(missedFigures(report).join()).toMatch(/shown as younger than it is: \w+ at [\d.]+, \d+ ms old and shown as/)
    expect((await run('old-bodies-cut', { dialect: venueDialect, venueDialect })).youngerThanTrue).toEqual([])
  })

  test('a reading that confirms the price of a halted market', async () => {
    let at = 0
    const newer = (prices: RestPrices | RestRejection): RestPrices | RestRejection =>
      'rejected' in prices ? prices : { ticks: prices.ticks.map((tick) => ({ ...tick, at: (at += 1) })) }
    const dialect = withRest({ decode: (...body) => newer(rest.decode(...body)) })
    const decode: Connector['decode'] = (frame) => {
      const events = plainExchange.decode(frame)
      for (const event of events) if (event.kind === 'tick') at = Math.max(at, event.at ?? 0)
      return events
    }
    const report = await run('some-halted-at-start', { dialect: dialectOf({ ...dialect.connector, decode }), durationMs: 240_000 })
    expect(report.confirmedWhileHalted.join()).toMatch(/BTC by \d+ ms/)
  })

  test('a market that stays halted for the engine although it trades', async () => {
    const report = await run('all-halted-at-start', {
      dialect: decoding((event) => (event.kind === 'tick' ? { ...event, backfill: true } : event)),
    })
    expect(missedFigures(report).join()).toMatch(/fresh again after \d+ ms, 1000 ms are allowed/)
    expect((await run('all-halted-at-start')).returnMs).toBeLessThan(300)
  })

  test('a price that is not proved because the engine takes its market for halted, while the venue has it open', async () => {
    let readings = 0
    const halted = (listed: readonly ListedSymbol[] | RestRejection): readonly ListedSymbol[] | RestRejection =>
      ++readings === 1 || 'rejected' in listed ? listed : listed.map((row) => ({ ...row, state: 'halted' }))
    const dialect = withRest({ list: { ...list, decode: (body) => halted(list.decode(body)) } })
    const mute = findFault('symbol-mute')
    const cut: Fault = { ...mute, keepsConnections: false, behaviour: { ...mute.behaviour, cut: { kind: 'close', code: 1012, reason: 'restart' } } }
    expect(missedFigures(await run(cut, { dialect, seed: 2, durationMs: 700_000 })).join()).toMatch(/unconfirmed for \d{6} ms though REST was alive/)
    expect(missedFigures(await run(cut, { seed: 2, durationMs: 700_000 }))).toEqual([])
  })

  test('a step of the wall clock that changes nothing', async () => {
    const report = await run({ ...findFault('wall-clock-forward'), behaviour: { wallStepMs: 1500 } })
    expect(report.freshWithoutProof).not.toEqual([])
    expect((await run('wall-clock-forward')).freshWithoutProof).toEqual([])
  })

  test('a symbol that is asked for anew although its stream has brought every trade', async () => {
    const dialect = decoding((event) => (event.kind === 'tick' && event.symbol === 'DOGE-USD' ? undefined : event))
    const report = await run('crossed-book', { dialect, durationMs: 120_000 })
    expect(report.needlessResubscriptions.join()).toMatch(/^DOGE-USD at \d+/)
    expect(missedFigures(report).join()).toMatch(/resubscribed without need: DOGE-USD/)
    const muted = await run('symbol-mute', { durationMs: 180_000 })
    expect([muted.needlessResubscriptions, missedFigures(muted)]).toEqual([[], []])
  })

  test('a deaf connection that is kept, and of which the status says nothing', async () => {
    const { rest: _rest, ...withoutRest } = plainExchange
    const missed = missedFigures(await run('deaf', { dialect: dialectOf(withoutRest) })).join()
    expect(missed).toMatch(/deaf connection replaced after never, 80000 ms are allowed/)
    expect(missed).toMatch(/the status did not say that the stream is silent/)
    expect((await run('deaf')).deaf).toMatchObject({ saidSilent: true })
  })

  test('a deaf connection that is given up before the next one stands', async () => {
    let acks = 0
    const impatient = decoding((event) => (event.kind === 'ack' && ++acks > 3 ? { kind: 'fail', reason: 'acked again' } : event))
    expect(missedFigures(await run('deaf', { dialect: impatient })).join()).toMatch(/deaf connection replaced without overlap/)
  })

  test('a listing that was not read while it was wrong', async () => {
    expect(missedFigures(await run('short-listing', { durationMs: 1000 })).join()).toMatch(/the listing was not read while it was wrong/)
  })

  test('a halt in the middle of a run that the listing does not tell', async () => {
    const open = (listed: readonly ListedSymbol[] | RestRejection): readonly ListedSymbol[] | RestRejection =>
      'rejected' in listed ? listed : listed.map((row) => ({ ...row, state: 'trading' }))
    const dialect = withRest({ list: { ...list, decode: (body) => open(list.decode(body)) } })
    expect(missedFigures(await run('some-halted', { dialect })).join()).toMatch(/halt not known for \d+ ms, 300000 ms are allowed/)
  })

  test('a rejection with status 200 that makes nobody wait', async () => {
    const blind = withRest({
      decode(...body) {
        const prices = rest.decode(...body)
        return 'rejected' in prices ? { ticks: [] } : prices
      },
    })
    expect((await run('rest-rejection-cut', { dialect: blind })).passedLimits.join()).toMatch(/a REST request \d+ ms before its pause was over/)
  })
})
