import { BoardWriter, createSystemClock, systemClockZeroMs } from '@trinity/core'
import { expect, onTestFinished, test } from 'vitest'
import { ask, keyHeaders } from '../../test-support/gateway-rig.fixture.ts'
import { keyEntry, testKey } from '../../test-support/test-keys.fixture.ts'
import { createLog } from '../log.ts'
import { defaultParameters } from '../settings/parameters.ts'
import { createServing } from './serving.ts'
import { createRegion, createSharedState } from './shared-state.ts'

test('a serving thread counts ages on the clock of the main thread, whatever its own machine says', async () => {
  // As if the machine's clock had been an hour behind when the main thread began, and set right since.
  const clockZeroMs = systemClockZeroMs - 3_600_000
  const clock = createSystemClock(clockZeroMs)
  const { board, assets, keys, state } = createSharedState(4)
  keys.put(keyEntry(testKey))
  const writer = new BoardWriter(board, 9000)
  const generation = writer.open(0, { currencyCode: 0, freshnessLimitMs: 30_000 })
  const listing = { venue: 'alpha', wireId: 128, currency: 'USD', slot: 0, generation, onDemand: false, halted: false, apart: false }
  assets.setListings('BTC', [listing])
  const serving = await createServing({
    config: {
      node: 'test',
      clockZeroMs,
      mode: undefined,
      host: '127.0.0.1',
      trustProxy: [],
      maxConnections: 100,
      parameters: defaultParameters,
      venues: [{ name: 'alpha', wireId: 128, sourceTag: 'alpha-ws' }],
      successors: new Map(),
      udp: undefined,
    },
    state,
    regions: [createRegion()],
    workers: 1,
    control: {
      fetch: async () => ({ unread: [], awaits: false, listed: false }),
      touch: async () => undefined,
      exchanges: async () => [],
      health: async () => ({ state: 'ok', reasons: [] }),
      unready: async () => [],
      status: async () => [],
      issueTicket: async () => '',
      redeemTicket: async () => -1,
    },
    clock,
    log: createLog('silent', 'json'),
    onSpill: () => undefined,
    onDeath: () => undefined,
  })
  onTestFinished(() => serving.stop())
  const { ports } = await serving.start({ lpo: 0, udpLpo: 0 })
  writer.noteWallAhead(clock.wall() - clock.now())
  writer.apply(0, { price: '5', at: clock.now(), id: null, tier: 'L1_MEMORY' }, clock.now(), true)
  const { body } = await ask(`http://127.0.0.1:${ports.lpo}/price?asset=btc`, { headers: keyHeaders })
  expect(body).toMatchObject({ price_text: '5', stale: false })
  expect(body.cache_age_seconds).toBeLessThan(10)
  expect(Date.parse(String(body.confirmed_at))).toBeLessThan(Date.now() - 3_590_000)
})
