import { TrinityError } from '@trinity/core'
import { type Fault, closeNames, faultTable } from '@trinity/core/simulation'

/** The faults that a simulation can show: its exchanges have no TLS, and no other names for what they list. */
export const simulatedFaults: readonly Fault[] = faultTable.filter(
  ({ behaviour: { certificate, renames } }) => certificate === undefined && renames !== true,
)

/** @throws TrinityError `TRN_SETTING_INVALID` that names faults that may have been meant, and where all of them are listed */
export function findSimulatedFault(name: string): Fault {
  const fault = simulatedFaults.find((one) => one.name === name)
  if (fault !== undefined) return fault
  const isElsewhere = faultTable.some((one) => one.name === name)
  const refusal = isElsewhere ? `--simulate can't show the fault '${name}'` : `There is no fault '${name}'`
  const close = closeNames(
    name,
    simulatedFaults.map((one) => one.name),
  )
  const hint = close.length === 0 ? '' : ` Close to it: ${close.join(', ')}.`
  throw new TrinityError('TRN_SETTING_INVALID', `${refusal}.${hint} 'trinity start --simulate --fault list' lists those that it can show.`)
}
