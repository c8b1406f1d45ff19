import type { Bench } from './bench.ts'

interface BenchEntry {
  readonly summary: string
  /** Loads the bench with its references only when it is asked for. */
  load(): Promise<Bench>
}

/** Every bench by name; a new one is one file and one line here. */
export const benches: Readonly<Record<string, BenchEntry>> = {
  feed: {
    summary: 'frames decoded per CPU-second, beside JSON.parse, ccxt and tardis-dev',
    load: async () => (await import('./feed/feed-bench.ts')).benchFeed,
  },
  udp: {
    summary: 'UDP answers per CPU-second, beside a server in C that only replies and a bare dgram echo',
    load: async () => (await import('./udp/udp-bench.ts')).benchUdp,
  },
  http: {
    summary: 'GET /price per CPU-second, of trinity start and of a serving thread alone, beside a bare node:http that returns the same bytes',
    load: async () => (await import('./http/http-bench.ts')).benchHttp,
  },
  verify: {
    summary: 'signed deliveries verified per second, beside npm standardwebhooks and WebCrypto alone',
    load: async () => (await import('./verify/verify-bench.ts')).benchVerify,
  },
}
