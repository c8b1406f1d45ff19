import { type ClientEnvironment, PriceClient, type Quote, type UdpErrorCode, isUdpError } from '@trinity/udp'
import type { Outcome } from '../measure/ledger.ts'
import type { Target } from '../target/target.ts'
import type { Asker, Settle } from './asker.ts'

/** Whom a {@link UdpAsker} asks, and how. */
export interface UdpAskerOptions {
  readonly target: Target
  readonly key: string
  readonly timeoutMs: number
  /** Most sockets at once, each with a session of its own. */
  readonly sockets: number
  readonly environment?: ClientEnvironment
}

/** Fewer would all reach the same serving thread of a gateway. */
const usualSockets = 64

/** Answers to more than this many requests may not fit into what the system keeps for one socket. */
const requestsPerSocket = 256

/** Gateways take so many HELLOs of a key in a second and more. */
const hellosAtOnce = 32

/** Sockets for so many requests under way. */
export function socketsFor(outstanding: number): number {
  return Math.min(outstanding, Math.max(usualSockets, Math.ceil(outstanding / requestsPerSocket)))
}

/** Asks over UDP v8, in turn from each of its sockets; a request is one QUERY that is not repeated. */
export class UdpAsker implements Asker {
  readonly room = Number.POSITIVE_INFINITY
  readonly #options: UdpAskerOptions
  readonly #patience: { readonly attempts: number; readonly timeoutMs: number }
  #clients: PriceClient[] = []
  #turn = 0

  constructor(options: UdpAskerOptions) {
    this.#options = options
    this.#patience = { attempts: 1, timeoutMs: options.timeoutMs }
  }

  /** Opens sessions. Where not all can be had it makes do with fewer; requests without any are lost. */
  async prepare(outstanding: number): Promise<void> {
    const wanted = Math.min(socketsFor(outstanding), this.#options.sockets)
    while (this.#clients.length < wanted) {
      const count = Math.min(hellosAtOnce, wanted - this.#clients.length)
      const opened = await Promise.allSettled(Array.from({ length: count }, async () => connectClient(this.#options)))
      const good = opened.filter((one) => one.status === 'fulfilled').map(({ value }) => value)
      this.#clients.push(...good)
      if (good.length < count) return
    }
  }

  ask(asset: string, settle: Settle): void {
    const client = this.#clients[this.#turn++ % this.#clients.length]
    if (client === undefined) return queueMicrotask(() => settle('lost', 'no session'))
    client.query([asset], this.#patience).then(
      ([quote]) => settle(...judgeQuote(quote)),
      (error: unknown) => settle(...judgeError(error)),
    )
  }

  async cut(): Promise<void> {
    await this.close()
  }

  async close(): Promise<void> {
    const clients = this.#clients
    this.#clients = []
    await Promise.all(clients.map(async (client) => client.close()))
  }
}

/** Opens a socket and a session at a target's first address. @throws UdpError */
export async function connectClient({ target, key, timeoutMs, environment }: Omit<UdpAskerOptions, 'sockets'>): Promise<PriceClient> {
  const host = target.addresses[0]?.address ?? target.host
  return PriceClient.connect({ apiKey: key, host, port: target.port, timeoutMs, ...(environment === undefined ? {} : { environment }) })
}

function judgeQuote(quote: Quote | undefined): [Outcome, string] {
  if (quote?.status === 'fresh' || quote?.status === 'stale') return ['priced', '']
  return ['failed', quote?.status === 'unknown' ? 'asset unknown' : 'price unavailable']
}

function judgeError(error: unknown): [Outcome, string] {
  if (!isUdpError(error)) return ['lost', error instanceof Error ? error.message : String(error)]
  return [outcomes[error.code] ?? 'lost', error.code]
}

/** What is not here is no answer. */
const outcomes: Partial<Readonly<Record<UdpErrorCode, Outcome>>> = {
  RATE_LIMITED: 'refused',
  OVERLOADED: 'refused',
  MALFORMED: 'failed',
  WRONG_PORT: 'failed',
}
