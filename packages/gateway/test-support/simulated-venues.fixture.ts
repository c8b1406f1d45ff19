import { type Connector, symbolCandidates } from '@trinity/core'
import { SimulatedVenue, simulatedTransport } from '@trinity/core/simulation'
import { FakeClock, seededRandom } from '@trinity/core/testing'
import { defaultSet } from '../src/connector-set.ts'
import { aboutPrice } from '../src/simulate/about-price.ts'
import { simulatedSymbols } from '../src/simulate/simulated-symbols.ts'
import { defaultSimulators } from '../src/simulators.ts'
import { type Answer, type GatewayRig, openGateway } from './gateway-rig.fixture.ts'

/** A gateway as it is by default, and its venues simulated in memory, on a clock that the test moves. */
export interface SimulatedVenues extends GatewayRig {
  readonly clock: FakeClock
  readonly venues: ReadonlyMap<string, SimulatedVenue>
  /** What callers who ask for all these assets at once are answered, by asset; time passes as long as one of them waits. */
  askAll(assets: readonly string[]): Promise<ReadonlyMap<string, Answer>>
}

/** Starts all six venues, with every asset that the asset table lists there, and a gateway that reads them. */
export async function openSimulatedVenues(seed: number): Promise<SimulatedVenues> {
  const clock = new FakeClock()
  const random = seededRandom(seed)
  const venues = defaultSimulators.map((dialect) => {
    const { symbols, rare, assetOf } = simulatedSymbols(dialect.connector, defaultSet)
    const startPrice = (symbol: string): string => aboutPrice(assetOf(symbol) ?? symbol)
    return new SimulatedVenue({ dialect, symbols, rare, startPrice, clock, seed: Math.floor(random() * 0x7fff_ffff) })
  })
  const { connectors, assets, names } = defaultSet
  const rig = await openGateway({ connectors, assets, names, clock, random, transport: simulatedTransport(venues, clock), mode: 'simulated' })
  for (const venue of venues) venue.start()
  const ask = async (asset: string): Promise<Answer> => {
    const answer = await rig.get(`/price?asset=${asset.toLowerCase()}`)
    // The caller's turn took as long as the test needed to move time.
    return answer.text.includes('TRN_OVERLOADED') ? ask(asset) : answer
  }
  return {
    ...rig,
    clock,
    venues: new Map(venues.map((venue) => [venue.dialect.connector.name, venue])),
    async askAll(wanted) {
      let waiting = wanted.length
      const answers = Promise.all(
        wanted.map(async (asset) => {
          const answer = await ask(asset).finally(() => waiting--)
          return [asset, answer] as const
        }),
      )
      // Callers are real, time is not: it moves on only for those who wait for a venue.
      for (let turns = 0; waiting > 0; turns++) {
        await new Promise((resolve) => setTimeout(resolve, 2))
        if (turns > patience) await clock.advanceAsync(20)
      }
      return new Map(await answers)
    },
    async stop() {
      for (const venue of venues) venue.stop()
      await rig.stop()
    },
  }
}

/** Turns in which answers that wait for no venue have come. */
const patience = 25

/** A venue's configured assets, and of each whether the asset table lists it at another venue in the same currency. */
export function standInsOf(connector: Connector): ReadonlyMap<string, boolean> {
  const { assets, names, listed } = defaultSet
  const own = (assets[connector.name] ?? []).map((ticker) => names.canonical(ticker))
  return new Map(
    own.map((asset) => {
      const currency = symbolCandidates(connector, names.namesAt(connector.name, asset))[0]?.quote
      const others = Object.entries(listed).filter(([venue]) => venue !== connector.name)
      return [asset, others.some(([, rows]) => rows.some((row) => row.asset === asset && row.quote === currency))] as const
    }),
  )
}
