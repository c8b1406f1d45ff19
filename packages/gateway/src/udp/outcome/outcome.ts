/** Everything that can become of a datagram, by the place of its counter. */
export const outcome = {
  // Answered.
  welcome: 1,
  quote: 2,
  pong: 3,
  text: 4,
  // Refused, by an ERROR or an error body.
  noSession: 5,
  limited: 6,
  overloaded: 7,
  malformed: 8,
  wrongPort: 9,
  clock: 10,
  textRefused: 11,
  // Discarded in silence.
  short: 12,
  long: 13,
  magic: 14,
  version: 15,
  type: 16,
  nonzero: 17,
  /** Key id not known, revoked, or without a MAC key. */
  key: 18,
  mac: 19,
  /** More HELLOs of a key, or to an address more errors about its clock, than a second allows. */
  helloLimit: 20,
  /** Unknown session, and its sender had enough ERRORs in this second. */
  session: 21,
  tag: 22,
  /** A request id that was accepted before, or is too old to tell. */
  replay: 23,
  /** A request id that no session may use. */
  requestId: 24,
  /** Text mode is off, the sender is not on loopback, or it is an answer. */
  textMode: 25,
  /** The handler failed at it. */
  internal: 26,
} as const

/** A value of {@link outcome}. */
export type Outcome = (typeof outcome)[keyof typeof outcome]

/** Where datagrams are counted when they come, before anything becomes of them. */
export const receivedCell = 0

const answeredEnd = outcome.noSession
const refusedEnd = outcome.short

/** Names of the handler's counters by their place: `received`, then one for each {@link outcome}. */
export const udpCounterNames: readonly string[] = ['received', ...Object.keys(outcome).map(snakeCase)].map((name) => `udp_${name}`)

/** What counters in the order of {@link udpCounterNames} add up to; received = answered + refused + discarded, always. */
export interface UdpTotals {
  readonly received: number
  readonly answered: number
  readonly refused: number
  readonly discarded: number
}

export function sumUdpCounters(counts: ArrayLike<number>): UdpTotals {
  return {
    received: counts[receivedCell] ?? 0,
    answered: sum(counts, outcome.welcome, answeredEnd),
    refused: sum(counts, answeredEnd, refusedEnd),
    discarded: sum(counts, refusedEnd, udpCounterNames.length),
  }
}

function sum(counts: ArrayLike<number>, from: number, end: number): number {
  let total = 0
  for (let i = from; i < end; i++) total += counts[i] ?? 0
  return total
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
