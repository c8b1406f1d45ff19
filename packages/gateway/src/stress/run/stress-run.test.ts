import { ratePlan } from '@trinity/core'
import { describe, expect, test } from 'vitest'
import { shareSockets } from '../ask/socket-budget.ts'
import { makeResult } from '../result.ts'
import { limitedKey, loopbackTarget, openPriceGateway, testKey } from '../test-support/price-gateway.fixture.ts'
import { planLevels } from './levels.ts'
import { systemStopwatch } from './stopwatch.ts'
import { type StressOptions, runStress } from './stress-run.ts'

function options(more: Pick<StressOptions, 'targets'> & Partial<StressOptions>): StressOptions {
  return {
    key: testKey,
    assets: ['btc', 'eth'],
    levels: planLevels(3),
    secondsPerLevel: 0.3,
    sockets: shareSockets(undefined, 1, 1, 100),
    stopwatch: systemStopwatch,
    signal: new AbortController().signal,
    ...more,
  }
}

const facts = { startedAt: 0, interrupted: false, fileLimit: undefined }

describe('a run against a gateway', () => {
  test('agrees with what the gateway has metered, to the request', async () => {
    const gateway = await openPriceGateway()
    const targets = [gateway.targets.http, gateway.targets.udp]
    const run = options({ targets })
    const result = makeResult(await runStress(run), { ...run, ...facts })
    expect(result.levels.map(({ level, outstanding }) => [level, outstanding])).toEqual([
      [1, 1],
      [2, 2],
      [3, 5],
    ])
    for (const { targets: rows, sent, answered, refused, lost } of result.levels) {
      expect(sent).toBe(answered + refused + lost)
      expect(rows.map(({ protocol }) => protocol)).toEqual(['http', 'udp'])
      for (const row of rows) {
        expect(row.sent).toBe(row.answered + row.refused + row.lost)
        expect(row.answered).toBeGreaterThan(0)
        expect(row.latency_ms.p50).toBeLessThanOrEqual(row.latency_ms.p99 ?? 0)
      }
    }
    const [http, udp] = result.by_target
    expect([http?.failed, udp?.failed, result.total.unsent]).toEqual([0, 0, 0])
    expect(result.total.sent).toBe((http?.sent ?? 0) + (udp?.sent ?? 0))
    for (const row of result.by_target) {
      const metered = gateway.metered(row.protocol)
      const requests = (metered.get(200) ?? 0) + (metered.get(503) ?? 0)
      expect([...metered.keys()].filter((status) => status !== 200 && status !== 503)).toEqual([])
      // What is lost on a machine that stalled for seconds may have been metered; usually nothing is.
      expect(requests).toBeGreaterThanOrEqual(row.answered + row.refused)
      expect(requests).toBeLessThanOrEqual(row.sent)
    }
  })

  test('counts what the limits of a key refuse as refused, over both protocols', async () => {
    const gateway = await openPriceGateway(ratePlan(50, 5))
    const targets = [gateway.targets.http, gateway.targets.udp]
    const run = options({ targets, key: limitedKey, levels: planLevels(2) })
    const result = makeResult(await runStress(run), { ...run, ...facts })
    for (const row of result.by_target) {
      const metered = gateway.metered(row.protocol)
      expect(row.sent).toBe(row.answered + row.refused + row.lost)
      const [priced, limited] = [metered.get(200) ?? 0, (metered.get(429) ?? 0) + (metered.get(503) ?? 0)]
      expect(priced - row.answered + limited - row.refused).toBeLessThanOrEqual(row.lost)
      expect(Math.min(priced - row.answered, limited - row.refused)).toBeGreaterThanOrEqual(0)
      expect(row.answered).toBeLessThanOrEqual(5 + 50 * 3)
      expect(row.refused).toBeGreaterThan(0)
      expect(Object.values(row.reasons).reduce((all, count) => all + count, 0)).toBe(row.refused + row.lost)
    }
  })

  test('keeps to its schedule in an open loop', async () => {
    const gateway = await openPriceGateway()
    const run = options({ targets: [gateway.targets.http], levels: planLevels(2, 400), secondsPerLevel: 0.5 })
    const levels = await runStress(run)
    expect(levels.map(({ rows: [row] }) => (row?.ledger.counts.sent ?? 0) + (row?.ledger.counts.unsent ?? 0))).toEqual([100, 200])
  })

  test('has a row for each target, and those that are down lose everything', async () => {
    const gateway = await openPriceGateway()
    const targets = [gateway.targets.http, loopbackTarget('http://127.0.0.1:9'), gateway.targets.udp]
    const run = options({ targets, levels: planLevels(2) })
    const { by_target, levels } = makeResult(await runStress(run), { ...run, ...facts })
    expect(by_target.map(({ target }) => target)).toEqual([gateway.http, 'http://127.0.0.1:9', gateway.udp])
    expect(by_target[1]).toMatchObject({ answered: 0, refused: 0, reasons: { ECONNREFUSED: by_target[1]?.lost } })
    for (const { targets: rows } of levels) expect(Math.abs((rows[0]?.sent ?? 0) - (rows[1]?.sent ?? 0))).toBeLessThanOrEqual(1)
  })

  test('ends when it is told to, with what it has', async () => {
    const gateway = await openPriceGateway()
    const interrupt = new AbortController()
    const run = options({
      targets: [gateway.targets.http, gateway.targets.udp],
      levels: planLevels(13),
      signal: interrupt.signal,
      onProgress: ({ number }) => number === 2 && interrupt.abort(),
    })
    const levels = await runStress(run)
    expect(levels.map(({ level, rows }) => [level.number, rows.length])).toEqual([
      [1, 2],
      [2, 1],
    ])
    expect(makeResult(levels, { ...run, ...facts }).by_target[1]?.seconds).toBe(0.3)
  })
})
