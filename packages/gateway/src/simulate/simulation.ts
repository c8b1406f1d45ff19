import { type Connector, nodeTransport } from '@trinity/core'
import { SimulatedExchange, type SimulatorDialect, findFault, loseNames, redirectRest, restHosts, simulatedConnector } from '@trinity/core/simulation'
import type { DemoFeed } from '../demo-feed.ts'
import { aboutPrice } from './about-price.ts'
import { type SimulatedAssets, simulatedSymbols } from './simulated-symbols.ts'

/** What to simulate. */
export interface SimulationRequest extends SimulatedAssets {
  /** The venues that the server would run live; one without a dialect is left out, and told. */
  readonly connectors: readonly Connector[]
  readonly dialects: readonly SimulatorDialect[]
  /** The same seed gives the same markets. */
  readonly seed: number
  /** Name of a fault that every exchange has again and again; absent for none. */
  readonly fault?: string | undefined
}

/** Pause between two occurrences of a fault, and before the first. */
const faultEveryMs = 90_000
const firstFaultMs = 15_000

/**
 * Starts an exchange on loopback for each dialect and makes the gateway talk to them.
 * @throws TrinityError `TRN_SETTING_INVALID` for an unknown fault
 */
export async function openSimulation({ connectors, dialects, seed, fault, ...listings }: SimulationRequest): Promise<DemoFeed> {
  const disturbance = fault === undefined ? undefined : findFault(fault)
  const exchanges = await Promise.all(
    dialects.map(async (dialect, i) => {
      const { symbols, rare, assetOf } = simulatedSymbols(dialect.connector, listings)
      const startPrice = (symbol: string): string => aboutPrice(assetOf(symbol) ?? symbol)
      const exchange = new SimulatedExchange({ dialect, symbols, rare, startPrice, seed: seed + i })
      return { dialect, exchange, firstSymbol: symbols[0] ?? '', ...(await exchange.start()) }
    }),
  )
  const restOrigins = new Map(
    exchanges.flatMap(({ dialect, restOrigin, firstSymbol }) => restHosts(dialect.connector, firstSymbol).map((host) => [host, restOrigin])),
  )
  const absent = connectors.filter(({ name }) => !dialects.some(({ connector }) => connector.name === name))
  const timers: NodeJS.Timeout[] = []
  const disturb = (): void => {
    if (disturbance !== undefined) for (const { exchange } of exchanges) exchange.setFault(disturbance)
  }
  return {
    mode: 'simulated',
    connectors: exchanges.map(({ dialect, wsUrl }) => simulatedConnector(dialect.connector, { wsUrl })),
    transport: loseNames(redirectRest(nodeTransport(), restOrigins), () =>
      exchanges.some(({ exchange }) => exchange.venue.behaviour.names === 'lost'),
    ),
    rest: true,
    fixedListings: {},
    summary: [
      `seed ${seed}: the same seed gives the same markets.`,
      ...absent.map(({ name }) => `${name} is left out: it has no simulator here.`),
      ...(disturbance === undefined
        ? []
        : [`fault ${disturbance.name}, in ${firstFaultMs / 1000} s and then every ${faultEveryMs / 1000} s: ${disturbance.sentence}`]),
    ],
    attach() {
      timers.push(setTimeout(disturb, firstFaultMs), setInterval(disturb, faultEveryMs))
    },
    async stop() {
      for (const timer of timers) clearTimeout(timer)
      await Promise.all(exchanges.map(({ exchange }) => exchange.stop()))
    },
  }
}
