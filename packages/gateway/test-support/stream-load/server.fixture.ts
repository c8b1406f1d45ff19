/** A stream server as a process of its own, so that its memory and its delays are its own; the parent drives it by messages. */
import type { AddressInfo } from 'node:net'
import { Gate, KeyReader, TrinityError, UsageRecorder, monotonicMs, systemClock } from '@trinity/core'
import fastify from 'fastify'
import { type ZodTypeProvider, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { CallerDoor } from '../../src/access/caller-door.ts'
import { noCaller } from '../../src/lpo/caller-hook.ts'
import type { ServedPrice } from '../../src/lpo/price-service.ts'
import { createRegion, createSharedState } from '../../src/serving/shared-state.ts'
import { StreamHub } from '../../src/stream/hub.ts'
import { StreamMeter } from '../../src/stream/stream-meter.ts'
import { addStreamRoutes } from '../../src/stream/stream-routes.ts'
import { keyEntry, testKey } from '../test-keys.fixture.ts'

/** What the parent may ask for; only `measure` is answered. */
export type ServerOrder = { readonly do: 'change'; readonly price: string } | { readonly do: 'measure'; readonly collect: boolean }

/** What a measuring gives. */
export interface ServerReport {
  readonly readers: number
  /** Resident set, after a full collection if that was asked for; bytes. The kernel's socket buffers are not in it. */
  readonly rss: number
  readonly heap: number
  /** Time that the process has had of a core, milliseconds. */
  readonly cpuMs: number
}

const asset = 'BTC'
const { keys, state } = createSharedState(1)
keys.put(keyEntry(testKey))
const door = new CallerDoor({ keys: new KeyReader(state.keys), gate: new Gate(state.keys), clock: systemClock, monotonicMs })
let tell: (asset: string) => void = () => undefined
let price = served('1')

const hub = new StreamHub({
  prices: {
    find: (question) => (question.asset === asset ? price : undefined),
    peek: (name) => (name === asset ? price : undefined),
    fetch: async () => Promise.reject(new TrinityError('TRN_ASSET_UNKNOWN', `Only ${asset} is listed.`)),
  },
  meter: new StreamMeter(door, new UsageRecorder(createRegion().usage, () => undefined)),
  changes: {
    listen(onAsset) {
      tell = onAsset
      return () => undefined
    },
  },
  clock: systemClock,
})
const server = fastify({ logger: false }).withTypeProvider<ZodTypeProvider>()
server.setValidatorCompiler(validatorCompiler)
server.setSerializerCompiler(serializerCompiler)
server.decorateRequest('keyRow', noCaller)
const connections = { noteKey: () => undefined, slowDown: (_request: unknown, error: unknown) => error }
addStreamRoutes(server, { door, hub, connections, control: { issueTicket: async () => '', redeemTicket: async () => noCaller } })
await server.listen({ host: '127.0.0.1', port: 0 })

process.on('message', (order: ServerOrder) => {
  if (order.do === 'change') {
    price = served(order.price)
    tell(asset)
  } else process.send?.(measure(order.collect))
})
process.send?.({ port: (server.server.address() as AddressInfo).port })

function measure(collect: boolean): ServerReport {
  if (collect) for (let i = 0; i < 3; i++) globalThis.gc?.()
  const { rss, heapUsed } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  return { readers: hub.readers, rss, heap: heapUsed, cpuMs: (user + system) / 1000 }
}

function served(text: string): ServedPrice {
  const now = systemClock.now()
  const times = { at: now, confirmedAt: now, confirmedUtc: now, ageMs: 0, freshnessLimitMs: 30_000, stale: false }
  const source = { currency: 'USD', source: 'alpha', wireId: 128, market: 'trading' } as const
  return { asset, price: text, ...source, cached: true, tier: 'L1_MEMORY', tierNumber: 1, ...times }
}
