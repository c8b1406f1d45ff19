import { type Connector, nodeTransport, systemClock } from '@trinity/core'
import {
  SettableClock,
  SimulatedExchange,
  type SimulatorDialect,
  defaultFaultMs,
  loseNames,
  redirectRest,
  restHosts,
  simulatedConnector,
} from '@trinity/core/simulation'
import type { DemoFeed } from '../demo-feed.ts'
import { aboutPrice } from './about-price.ts'
import { findSimulatedFault } from './simulated-fault.ts'
import { type SimulatedAssets, simulatedSymbols } from './simulated-symbols.ts'

/** What to simulate. */
export interface SimulationRequest extends SimulatedAssets {
  /** The venues that the server would run live; one without a dialect is left out, and told. */
  readonly connectors: readonly Connector[]
  readonly dialects: readonly SimulatorDialect[]
  /** The same seed gives the same markets. */
  readonly seed: number
  /** Name of a fault that every exchange has again and again, or at the start where it is one of the start; absent for none. */
  readonly fault?: string | undefined
}

/** A demo runs for long, and nobody reads what its exchanges have seen of their clients. */
const shortMemory = { maxLog: 100, maxRecent: 5 }

/** Pauses before the first occurrence of a fault and after each. */
const firstFaultMs = 15_000
const faultPauseMs = 30_000

/**
 * Starts an exchange on loopback for each dialect and makes the gateway talk to them.
 * @throws TrinityError `TRN_SETTING_INVALID` for a fault that it can't show
 */
export async function openSimulation({ connectors, dialects, seed, fault, ...listings }: SimulationRequest): Promise<DemoFeed> {
  const disturbance = fault === undefined ? undefined : findSimulatedFault(fault)
  const faultMs = disturbance?.durationMs ?? defaultFaultMs
  const clock = new SettableClock(systemClock)
  const exchanges = await Promise.all(
    dialects.map(async (dialect, i) => {
      const { symbols, rare, assetOf } = simulatedSymbols(dialect.connector, listings)
      const startPrice = (symbol: string): string => aboutPrice(assetOf(symbol) ?? symbol)
      const exchange = new SimulatedExchange({ dialect, symbols, rare, startPrice, seed: seed + i, ...shortMemory })
      return { dialect, exchange, firstSymbol: symbols[0] ?? '', ...(await exchange.start()) }
    }),
  )
  const restOrigins = new Map(
    exchanges.flatMap(({ dialect, restOrigin, firstSymbol }) => restHosts(dialect.connector, firstSymbol).map((host) => [host, restOrigin])),
  )
  const absent = connectors.filter(({ name }) => !dialects.some(({ connector }) => connector.name === name))
  const timers: NodeJS.Timeout[] = []
  const disturb = (): void => {
    if (disturbance === undefined) return
    for (const { exchange } of exchanges) exchange.setFault(disturbance)
    const { wallStepMs } = disturbance.behaviour
    if (wallStepMs === undefined) return
    clock.stepWall(wallStepMs)
    timers.push(setTimeout(() => clock.stepWall(-wallStepMs), faultMs))
  }
  const isAtStart = disturbance?.atStart === true
  if (isAtStart) disturb()
  const everyMs = faultMs + faultPauseMs
  const times = isAtStart ? `for the first ${faultMs / 1000} s` : `in ${firstFaultMs / 1000} s and then every ${everyMs / 1000} s`
  return {
    mode: 'simulated',
    connectors: exchanges.map(({ dialect, wsUrl }) => simulatedConnector(dialect.connector, { wsUrl })),
    transport: loseNames(redirectRest(nodeTransport(), restOrigins), () =>
      exchanges.some(({ exchange }) => exchange.venue.behaviour.names === 'lost'),
    ),
    clock,
    rest: true,
    fixedListings: {},
    summary: [
      `seed ${seed}: the same seed gives the same markets.`,
      ...absent.map(({ name }) => `${name} is left out: it has no simulator here.`),
      ...(disturbance === undefined ? [] : [`fault ${disturbance.name}, ${times}: ${disturbance.sentence}`]),
    ],
    attach() {
      if (disturbance === undefined || isAtStart) return
      const begin = (): void => {
        disturb()
        timers.push(setInterval(disturb, everyMs))
      }
      timers.push(setTimeout(begin, firstFaultMs))
    },
    async stop() {
      for (const timer of timers) clearTimeout(timer)
      await Promise.all(exchanges.map(({ exchange }) => exchange.stop()))
    },
  }
}
