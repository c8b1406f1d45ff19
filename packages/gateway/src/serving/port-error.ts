import { TrinityError } from '@trinity/core'

/** The error of a port that can't be had; names the port and the variable that sets it. */
export function portError(error: unknown, host: string, port: number, variable: string): TrinityError {
  const why = (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 'is in use' : `can't be opened (${String(error)})`
  const kind = variable.startsWith('UDP') ? 'UDP port' : 'Port'
  return new TrinityError('TRN_PORT_UNAVAILABLE', `${kind} ${port} on ${host} ${why}; set ${variable} to another one, or 0 for any free one.`, {
    cause: error,
  })
}
