import { type SecureContext, createSecureContext } from 'node:tls'
import type { ServerOptions } from 'node:https'
import { createTestAuthority } from './test-certificates.ts'

/** What a server with TLS needs, and what its clients have to trust. */
export interface TlsMaterial {
  readonly authority: string
  readonly options: ServerOptions
}

const dayMs = 86_400_000

/** Certificates for `localhost` around `now`; `wrong` is asked at each handshake whether to show one that no client may accept. */
export function createTlsMaterial(now: number, wrong: () => 'expired' | 'wrong-name' | undefined): TlsMaterial {
  const authority = createTestAuthority(now - 3 * dayMs, now + dayMs)
  const good = authority.issue('localhost', now - dayMs, now + dayMs)
  const contexts: Record<'good' | 'expired' | 'wrong-name', SecureContext> = {
    good: createSecureContext(good),
    expired: createSecureContext(authority.issue('localhost', now - 2 * dayMs, now - dayMs)),
    'wrong-name': createSecureContext(authority.issue('elsewhere.test', now - dayMs, now + dayMs)),
  }
  return {
    authority: authority.cert,
    options: { ...good, SNICallback: (_name, answer) => answer(null, contexts[wrong() ?? 'good']) },
  }
}
