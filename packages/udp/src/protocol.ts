/** The numbers of UDP v8. Integers on the wire are big-endian, bytes called zero are zero, and nothing follows the last field. */

/** The first two bytes of every datagram: "TB". */
export const magic = 0x5442

/** Third byte of every datagram. */
export const protocolVersion = 8

/** The fourth byte of every datagram. */
export const messageType = {
  hello: 1,
  welcome: 2,
  query: 3,
  quote: 4,
  report: 5,
  reportData: 6,
  ping: 7,
  pong: 8,
  error: 15,
} as const

/** What an ERROR says. */
export const refusalCode = {
  /** No such session, or not from this address: the client says HELLO again. Never tagged. */
  noSession: 1,
  /** The rate limit or the quota of the key; retry after is exact. */
  limited: 2,
  overloaded: 3,
  /** Rightly tagged, but against the rules. */
  malformed: 4,
  /** QUERY goes to the price port, REPORT to the report port. */
  wrongPort: 5,
  /** The client's clock is off by more than {@link clockToleranceMs}. */
  clock: 6,
} as const

/** Bytes of whole datagrams, tag or MAC included, and of their parts. */
export const wireSize = {
  header: 8,
  keyId: 8,
  nonce: 16,
  mac16: 16,
  sessionKey: 16,
  macKey: 32,
  tag: 8,
  hello: 64,
  welcome: 64,
  queryLeast: 28,
  symbolMost: 15,
  quoteHead: 16,
  quoteEntryHead: 15,
  priceMost: 24,
  reportLeast: 38,
  reportDataHead: 12,
  ping: 24,
  /** ERROR outside a session. */
  error: 16,
  /** ERROR in a session. */
  taggedError: 24,
  /** ERROR 6 in answer to a HELLO. */
  clockError: 40,
  /** Nothing with a session is shorter. */
  sessionLeast: 24,
  datagramMost: 1200,
} as const

/** Assets a QUERY may ask for. */
export const assetsMost = 30

/** How an asset of a QUOTE stands. */
export const assetStatus = { fresh: 0, stale: 1, unknown: 2, unavailable: 3 } as const

/** Currencies by their number on the wire. */
export const currencies = ['USD', 'USDT', 'USDC', 'EUR', 'GUSD', 'RLUSD'] as const

/** The number of any other currency. */
export const otherCurrency = 255

/** Where the evidence of a price came from, by its number on the wire less one. */
export const cacheTiers = ['L1_MEMORY', 'L2_VALKEY', 'L3_REST'] as const

/** The source of a price that is not from one venue, and of an asset without price. */
export const noSource = 255

/** What a REPORT asks for. */
export const reportKind = { summary: 1, reportSummary: 2 } as const

/** What the rows of a REPORT are grouped by. */
export const reportGroup = { none: 0, hour: 1, day: 2, asset: 3, source: 4 } as const

/** Request ids of a session start below this. */
export const firstRequestIdBelow = 2 ** 30

/** A client opens its next session rather than send this request id. */
export const requestIdEnd = 2 ** 31

/** How many request ids behind the highest a server still takes, each of them once. */
export const windowWidth = 1024

/** How far the time of a HELLO may be from that of the server. */
export const clockToleranceMs = 60_000

/** How long a repeated HELLO gets the same WELCOME. */
export const helloRepeatMs = 120_000

/** The least time between two HELLOs of a client. */
export const helloEveryMs = 1000

/** How long a client may be silent before it sends a PING. */
export const pingEveryMs = 60_000

/** How long a session lives after its last valid datagram. */
export const sessionLifetimeSeconds = 600

/** Ports unless configured otherwise. */
export const defaultPort = { prices: 2679, reports: 2680 } as const
