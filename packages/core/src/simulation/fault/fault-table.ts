import { TrinityError } from '../../errors.ts'
import { clockFaults } from './clock-faults.ts'
import { connectionFaults } from './connection-faults.ts'
import type { Fault } from './fault.ts'
import { frameFaults } from './frame-faults.ts'
import { listingFaults } from './listing-faults.ts'
import { restFaults } from './rest-faults.ts'
import { sessionFaults } from './session-faults.ts'
import { tradeFaults } from './trade-faults.ts'

/** Faults that need a server with TLS. */
const tlsFaults: readonly Fault[] = [
  {
    name: 'tls-expired',
    sentence: 'Every connection is reset, and the certificate that the server shows to new ones has expired.',
    layer: 'network',
    leavesRest: false,
    runs: 'sockets',
    behaviour: { cut: { kind: 'reset' }, certificate: 'expired' },
  },
  {
    name: 'tls-wrong-name',
    sentence: 'Every connection is reset, and the certificate that the server shows to new ones is for another name.',
    layer: 'network',
    leavesRest: false,
    runs: 'sockets',
    behaviour: { cut: { kind: 'reset' }, certificate: 'wrong-name' },
  },
]

/** The fault script: whatever goes wrong at exchanges, the same for every venue. */
export const faultTable: readonly Fault[] = [
  ...connectionFaults,
  ...sessionFaults,
  ...frameFaults,
  ...tradeFaults,
  ...restFaults,
  ...listingFaults,
  ...clockFaults,
  ...tlsFaults,
]

/**
 * A fault by its name.
 * @throws TrinityError `TRN_SETTING_INVALID` that lists the names there are
 */
export function findFault(name: string): Fault {
  const fault = faultTable.find((one) => one.name === name)
  if (fault !== undefined) return fault
  throw new TrinityError('TRN_SETTING_INVALID', `There is no fault '${name}'; there are ${faultTable.map((one) => one.name).join(', ')}.`)
}
