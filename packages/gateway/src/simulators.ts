import { coinbaseSimulator } from '@trinity/connector-coinbase/simulator'
import { cryptocomSimulator } from '@trinity/connector-cryptocom/simulator'
import { gateioSimulator } from '@trinity/connector-gateio/simulator'
import { geminiSimulator } from '@trinity/connector-gemini/simulator'
import { krakenSimulator } from '@trinity/connector-kraken/simulator'
import { okxSimulator } from '@trinity/connector-okx/simulator'
import type { SimulatorDialect } from '@trinity/core/simulation'

/** How each of the server's own venues is simulated. */
export const defaultSimulators: readonly SimulatorDialect[] = [
  coinbaseSimulator,
  geminiSimulator,
  krakenSimulator,
  gateioSimulator,
  cryptocomSimulator,
  okxSimulator,
]
