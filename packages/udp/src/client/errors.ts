import { UdpError } from '../error.ts'
import { refusalCode } from '../protocol.ts'
import type { Refusal } from '../wire/refusal.ts'
import type { Call } from './call.ts'

/** A tagged ERROR as the error a caller gets. */
export function refusalError({ code, retryAfterMs }: Refusal): UdpError {
  switch (code) {
    case refusalCode.limited:
      return new UdpError('RATE_LIMITED', `The rate limit or the quota of the key is used up; try again in ${retryAfterMs} ms.`, { retryAfterMs })
    case refusalCode.overloaded:
      return new UdpError('OVERLOADED', `The server can take no more work now; try again in ${retryAfterMs} ms.`, { retryAfterMs })
    case refusalCode.wrongPort:
      return new UdpError('WRONG_PORT', 'This port answers no QUERY; ask the price port, 2679 unless configured otherwise.')
    default:
      return new UdpError('MALFORMED', `The server refused the request as malformed (ERROR ${code}).`)
  }
}

/** No attempt was answered. */
export function timeoutError({ assets, timeoutMs }: Call, cause: Error | undefined): UdpError {
  const message = `No answer to the query for ${assets.join(', ')}; each attempt waited ${timeoutMs} ms. Try again, or with a longer timeoutMs.`
  return new UdpError('TIMEOUT', message, cause === undefined ? {} : { cause })
}

/** No HELLO was answered. */
export function unansweredError(): UdpError {
  return new UdpError('HELLO_UNANSWERED', 'No answer to HELLO: the key is unknown or revoked, or no gateway answers at this address. Check both.')
}

/** Server time less ours is `offsetMs`. */
export function clockError(offsetMs: number): UdpError {
  const direction = offsetMs > 0 ? 'behind' : 'ahead of'
  const seconds = Math.round(Math.abs(offsetMs) / 1000)
  return new UdpError('CLOCK', `The clock of this machine is ${seconds} s ${direction} the server's; set it right to within 60 s.`, { offsetMs })
}

export function closedError(): UdpError {
  return new UdpError('CLOSED', 'The client was closed; connect a new one.')
}
