import type { TrinityError } from '@trinity/core'
import { errorFacts } from './error-facts.ts'

export const jsonType = 'application/json; charset=utf-8'

/** The body of an error response. */
export function errorBody(endpoint: string, error: TrinityError, requestId: string): string {
  return JSON.stringify({ status_code: error.status, endpoint, error: errorFacts(error), request_id: requestId })
}

/** How long a caller waits where nothing better is known. */
const usualRetryMs = 1000

/** The value of Retry-After: whole seconds. */
export function retryAfterOf({ retryAfterMs = usualRetryMs }: TrinityError): string {
  return String(Math.ceil(retryAfterMs / 1000))
}

/** The path without its query, as far as it is safe to repeat. */
export function endpointOf({ url = '' }: { readonly url?: string | undefined }): string {
  return (url.split('?', 1)[0] ?? '').slice(0, 200)
}
