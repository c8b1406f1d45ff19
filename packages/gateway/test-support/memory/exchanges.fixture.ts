/** The simulated exchanges as a process of their own, with TLS as the real ones have it: their memory is not the server's. */
import { SimulatedExchange } from '@trinity/core/simulation'
import { symbolCandidates } from '@trinity/core'
import { assetTable, prewarmedAssets } from '../../src/settings/assets.ts'
import { defaultSimulators } from '../../src/simulators.ts'
import { answerParent } from '../load/callers/answers.fixture.ts'

/** Where a venue is reached. */
export interface VenueAddress {
  readonly name: string
  readonly wsUrl: string
  readonly restOrigin: string
  /** What its clients have to trust, PEM. */
  readonly certificate: string
}

/** Everything that the exchanges do on request. */
const api = {
  /** Starts all of them; each lists what is prewarmed there and so many symbols more. */
  async open({ seed, otherSymbols }: { readonly seed: number; readonly otherSymbols: number }): Promise<readonly VenueAddress[]> {
    return Promise.all(
      defaultSimulators.map(async (dialect, i) => {
        const { connector } = dialect
        const others = Array.from({ length: otherSymbols }, (_, number) => `Z${number.toString(36).toUpperCase().padStart(4, '0')}`)
        const symbols = [...(prewarmedAssets[connector.name] ?? []), ...others].flatMap(
          (asset) => symbolCandidates(connector, assetTable.names.namesAt(connector.name, asset))[0]?.symbol ?? [],
        )
        const { certificate = '', ...address } = await new SimulatedExchange({ dialect, symbols, seed: seed + i, tls: true }).start()
        return { name: connector.name, certificate, ...address }
      }),
    )
  },
}

export type Exchanges = typeof api

answerParent(api)
