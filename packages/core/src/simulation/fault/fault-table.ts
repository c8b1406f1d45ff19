import { TrinityError } from '../../errors.ts'
import { clockFaults } from './clock-faults.ts'
import { closeNames } from './close-names.ts'
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
 * @throws TrinityError `TRN_SETTING_INVALID` that names those that may have been meant
 */
export function findFault(name: string): Fault {
  const fault = faultTable.find((one) => one.name === name)
  if (fault !== undefined) return fault
  const close = closeNames(
    name,
    faultTable.map((one) => one.name),
  )
  throw new TrinityError('TRN_SETTING_INVALID', `There is no fault '${name}'${close.length === 0 ? '' : `; close to it: ${close.join(', ')}`}.`)
}
