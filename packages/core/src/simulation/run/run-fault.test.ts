import { describe, expect, test } from 'vitest'
import type { Connector, FeedEvent, Frame, Tick } from '../../connector.ts'
import { readObject } from '../../frame/read-object.ts'
import type { Transport } from '../../transport.ts'
import type { SimulatorDialect } from '../dialect.ts'
import { faultTable, findFault } from '../fault/fault-table.ts'
import { type FaultReport, missedFigures } from './fault-report.ts'
import { type FaultRun, runFault } from './run-fault.ts'
import { plainExchange, plainSimulator } from './plain-simulator.ts'

const seeds = [1, 2, 3]

function run(name: string, more: Partial<FaultRun> = {}): Promise<FaultReport> {
  return runFault({ dialect: plainSimulator, fault: findFault(name), seed: 1, ...more })
}

function brokenDialect(overrides: Partial<Connector>): SimulatorDialect {
  return { ...plainSimulator, connector: { ...plainExchange, ...overrides } }
}

describe('the feed engine at an exchange that fails', () => {
  test.each(faultTable.filter(({ runs }) => runs !== 'sockets'))('keeps its figures through $name', async (fault) => {
    const misses: string[] = []
    for (const seed of seeds) misses.push(...missedFigures(await runFault({ dialect: plainSimulator, fault, seed })))
    expect(misses).toEqual([])
  })

  test('serves nothing past the last limit of age, and everything again afterwards', async () => {
    const report = await run('outage', { durationMs: 420_000 })
    expect(missedFigures(report)).toEqual([])
    expect(report.longestUnconfirmedMs).toBeGreaterThan(400_000)
  })

  test('gives the same report for the same seed, and another one for another', async () => {
    const first = await run('upgrade-503')
    expect(await run('upgrade-503')).toEqual(first)
    expect(await run('upgrade-503', { seed: 2 })).not.toMatchObject({ backWithinMs: first.backWithinMs })
  })
})

describe('a run of a fault notices', () => {
  test('a connector that tells an old price as new', async () => {
    const report = await run('mute', { dialect: brokenDialect({ decode: retellingDecoder() }) })
    expect(report.freshBeyondLimit).not.toEqual([])
    expect(missedFigures(report).join()).toMatch(/fresh beyond the limit/)
  })

  test('prices that are served for too long', async () => {
    const ages = { unconfirmedMs: 9000, freshnessLimitMs: 2_000_000, maxStaleMs: 60_000 }
    const { rest: _rest, ...withoutRest } = plainExchange
    const dialect = { ...plainSimulator, connector: { ...withoutRest, decode: retellingDecoder() } }
    const report = await run('mute', { dialect, ages, durationMs: 300_000 })
    expect(report.servedBeyondMaxStale).not.toEqual([])
  })

  test('a price that the market never had', async () => {
    const decode = (frame: string | Uint8Array) =>
      plainExchange.decode(frame).map((event) => (event.kind === 'tick' ? { ...event, price: `${event.price}1`.replace(/^(\d+)$/, '$1.5') } : event))
    expect((await run('ack-lost', { dialect: brokenDialect({ decode }) })).wrongPrices).not.toEqual([])
  })

  test('a connector that takes a bid for a price', async () => {
    let tradedAt = 0
    const decode = (frame: Frame): readonly FeedEvent[] => {
      const { kind, symbol, bid } = readObject(frame) ?? {}
      const events = plainExchange.decode(frame)
      for (const event of events) if (event.kind === 'tick') tradedAt = event.at ?? 0
      if (kind !== 'quote') return events
      return [{ kind: 'tick', symbol: String(symbol), price: String(bid), size: undefined, at: tradedAt + 1, id: undefined, backfill: false }]
    }
    expect((await run('crossed-book', { dialect: brokenDialect({ decode }) })).wrongPrices).not.toEqual([])
  })

  test('prices that stay fresh though nothing can prove them any more', async () => {
    let body = ''
    const fromCache = (transport: Transport): Transport => ({
      connect: (url, handlers) => transport.connect(url, handlers),
      async request(request) {
        try {
          const answer = await transport.request(request)
          body = answer.body
          return answer
        } catch {
          return { status: 200, body }
        }
      },
    })
    const report = await run('outage', { wrapTransport: fromCache })
    expect(missedFigures(report).join()).toMatch(/all stale after never, 31000 ms are allowed/)
    const honest = await run('outage')
    expect(honest.staleWithinMs).toBe(31_000)
    expect(honest.allStaleMs).toBeGreaterThan(25_000)
    expect(missedFigures(honest)).toEqual([])
    expect(await run('outage', { durationMs: 20_000 })).toMatchObject({ staleWithinMs: undefined })
    expect(await run('cut')).toMatchObject({ staleWithinMs: undefined })
  })

  test('a client that connects more often than the venue allows', async () => {
    const eager = brokenDialect({ limits: { ...plainExchange.limits, connects: { count: 1000, perMs: 1 } } })
    const strict = { ...plainSimulator, connector: { ...plainExchange, limits: { ...plainExchange.limits, connects: { count: 1, perMs: 30_000 } } } }
    expect((await run('close-1012', { dialect: eager, venueDialect: strict })).passedLimits).toEqual([expect.stringMatching(/connects in/)])
    expect((await run('close-1012', { dialect: eager })).passedLimits).toEqual([])
  })

  test('a client that does not wait after opening, sends too many requests or too many symbols in one', async () => {
    const { limits } = plainExchange
    const venueDialect = brokenDialect({
      limits: { ...limits, afterOpenMs: 500, symbolsPerFrame: 3, frameBytes: 20, frames: { count: 1, perMs: 60_000 } },
    })
    const { passedLimits } = await run('ack-partial', { venueDialect })
    expect(passedLimits.join('\n')).toMatch(/frames in/)
    expect(passedLimits.join('\n')).toMatch(/a frame of \d+ bytes/)
    expect(passedLimits.join('\n')).toMatch(/a request of 4 symbols/)
    expect(passedLimits.join('\n')).toMatch(/ms after opening/)
  })

  test('a client that comes back before it may', async () => {
    const report = await run('upgrade-503-retry-after', {
      wrapTransport: (transport) => ({
        connect: (url, handlers) =>
          transport.connect(url, { ...handlers, onClose: ({ code, reason }) => handlers.onClose({ code, reason, status: 503 }) }),
        request: (request) => transport.request(request),
      }),
    })
    expect(report.passedLimits.join()).toMatch(/a connect \d+ ms before its pause was over/)
  })

  test('silence that is seen too late', async () => {
    const { ping, ...heartbeat } = plainExchange.heartbeat
    expect(ping).toBeDefined()
    const deafClient = brokenDialect({ heartbeat: { ...heartbeat, silenceMs: 30_000 } })
    expect(missedFigures(await run('silence', { dialect: deafClient })).join()).toMatch(/silence seen after/)
  })

  test('a venue that is not read by REST while its feed is down', async () => {
    const decode = (): { readonly ticks: readonly Tick[] } => ({ ticks: [] })
    const { rest } = plainExchange
    const blind = brokenDialect(rest === undefined ? {} : { rest: { ...rest, decode } })
    const report = await run('cut', { dialect: blind })
    expect(missedFigures(report).join()).toMatch(/though REST was alive/)
  })

  test('a venue that is back long before its prices are', async () => {
    const { rest, ...withoutRest } = plainExchange
    expect(rest).toBeDefined()
    const sleepy = { ...plainSimulator, connector: { ...withoutRest, limits: { ...plainExchange.limits, afterOpenMs: 8000 } } }
    expect(missedFigures(await run('cut', { dialect: sleepy, venueDialect: plainSimulator })).join()).toMatch(/back after/)
  })

  test('connections that are replaced for nothing', async () => {
    const impatient = brokenDialect({
      decode: (frame): readonly FeedEvent[] => {
        const events = plainExchange.decode(frame)
        return events.length === 0 ? [{ kind: 'fail', reason: 'not understood' }] : events
      },
    })
    expect(missedFigures(await run('malformed-json', { dialect: impatient })).join()).toMatch(/replaced without need/)
  })

  test('a rejection that nobody handles, and an error in a timer', async () => {
    const faulty = await run('ack-lost', {
      wrapTransport: (transport) => ({
        connect(url, handlers) {
          void Promise.reject(new Error('left alone'))
          return transport.connect(url, handlers)
        },
        request: (request) => transport.request(request),
      }),
    })
    expect(faulty.errors.join()).toMatch(/left alone/)
    const throwing = await run('ack-lost', {
      dialect: brokenDialect({
        subscribe: () => {
          throw new Error('can not ask')
        },
      }),
    })
    expect(throwing.errors.join()).toMatch(/can not ask/)
  })
})

/** A decoder that takes any sign of life for a new trade at the old price. */
function retellingDecoder(): Connector['decode'] {
  const known = new Map<string, Tick>()
  let at = 0
  return (frame) => {
    const events = plainExchange.decode(frame)
    for (const event of events)
      if (event.kind === 'tick' && event.at !== undefined) {
        known.set(event.symbol, event)
        at = Math.max(at, event.at)
      }
    if (events.some(({ kind }) => kind === 'tick')) return events
    at += 1000
    return [...events, ...[...known.values()].map((tick): FeedEvent => ({ ...tick, at, backfill: false }))]
  }
}
