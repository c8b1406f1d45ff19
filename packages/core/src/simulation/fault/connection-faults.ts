import type { Admission, Fault } from './fault.ts'

const refused = (): Admission => ({ kind: 'refused', reason: 'connect ECONNREFUSED' })
const unresolved = (): Admission => ({ kind: 'refused', reason: 'getaddrinfo ENOTFOUND' })
const reset = { kind: 'reset' } as const

/** Faults of getting and keeping a connection. */
export const connectionFaults: readonly Fault[] = [
  {
    name: 'cut',
    sentence: 'Every connection is reset and new ones are refused, while REST answers.',
    layer: 'network',
    leavesRest: true,
    runs: 'anywhere',
    behaviour: { cut: reset, admission: refused },
  },
  {
    name: 'outage',
    sentence: 'Every connection is reset and nothing answers any more, REST neither.',
    layer: 'network',
    leavesRest: false,
    runs: 'anywhere',
    behaviour: { cut: reset, admission: refused, rest: { kind: 'refused' } },
  },
  {
    name: 'refused-five-minutes',
    sentence: 'Every connection is reset and new ones are refused for five minutes, REST requests too.',
    layer: 'network',
    leavesRest: false,
    runs: 'anywhere',
    durationMs: 300_000,
    behaviour: { cut: reset, admission: refused, rest: { kind: 'refused' } },
  },
  {
    name: 'syn-blackhole',
    sentence: 'Every connection is reset and attempts to connect are never answered.',
    layer: 'network',
    leavesRest: true,
    runs: 'anywhere',
    behaviour: { cut: reset, admission: () => ({ kind: 'unanswered' }) },
  },
  {
    name: 'dns-failure',
    sentence: "The venue's names have no address any more.",
    layer: 'network',
    leavesRest: false,
    runs: 'anywhere',
    behaviour: { cut: reset, admission: unresolved, rest: { kind: 'refused' }, names: 'lost' },
  },
  {
    name: 'dead-address-first',
    sentence: 'Every second attempt, beginning with the first, goes to an address where nobody is.',
    layer: 'network',
    leavesRest: true,
    runs: 'anywhere',
    behaviour: { cut: reset, admission: (attempt) => (attempt % 2 === 0 ? refused() : { kind: 'open' }) },
  },
  ...[1000, 1001, 1008, 1011, 1012, 1013].map(closing),
  {
    name: 'close-1006',
    sentence: 'Every connection ends without a close frame, new ones as soon as they open.',
    layer: 'connection',
    leavesRest: true,
    runs: 'anywhere',
    behaviour: { cut: reset, cutsAgain: true },
  },
  {
    name: 'end-without-close',
    sentence: 'The stream of every connection ends without a close frame; new ones are taken at once.',
    layer: 'connection',
    leavesRest: true,
    runs: 'anywhere',
    behaviour: { cut: { kind: 'end' } },
  },
  {
    name: 'planned-close',
    sentence: 'Every connection reaches the age that the venue allows and is closed; new ones are taken at once.',
    layer: 'connection',
    leavesRest: true,
    runs: 'anywhere',
    behaviour: { cut: { kind: 'close', code: 1001, reason: '24 h' } },
  },
  {
    name: 'announced-close',
    sentence: 'The venue announces that it will close every connection and does so half a minute later.',
    layer: 'connection',
    leavesRest: true,
    runs: 'anywhere',
    behaviour: { goodbyeMs: 30_000, cut: { kind: 'close', code: 1001, reason: 'service upgrade' } },
  },
  {
    name: 'maintenance',
    sentence: 'The venue announces maintenance, closes every connection, and answers 503 everywhere.',
    layer: 'connection',
    leavesRest: false,
    runs: 'anywhere',
    behaviour: {
      maintenance: true,
      cut: { kind: 'close', code: 1012, reason: 'maintenance' },
      admission: () => ({ kind: 'status', status: 503 }),
      rest: { kind: 'status', status: 503 },
    },
  },
  ...[429, 503].flatMap((status) => [refusing(status), refusing(status, 20)]),
  {
    name: 'rest-429',
    sentence: 'Every connection is reset, new ones are refused, and REST answers 429 with a Retry-After of 10 s.',
    layer: 'upgrade',
    leavesRest: false,
    runs: 'anywhere',
    behaviour: { cut: reset, admission: refused, rest: { kind: 'status', status: 429, retryAfterSeconds: 10 } },
  },
  {
    name: 'rest-unanswered',
    sentence: 'Every connection is reset, new ones are refused, and REST requests are never answered.',
    layer: 'network',
    leavesRest: false,
    runs: 'anywhere',
    behaviour: { cut: reset, admission: refused, rest: { kind: 'unanswered' } },
  },
]

function closing(code: number): Fault {
  return {
    name: `close-${code}`,
    sentence: `Every connection is closed with ${code}, new ones as soon as they open.`,
    layer: 'connection',
    leavesRest: true,
    runs: 'anywhere',
    behaviour: { cut: { kind: 'close', code, reason: '' }, cutsAgain: true },
  }
}

function refusing(status: number, retryAfterSeconds?: number): Fault {
  const told = retryAfterSeconds === undefined ? {} : { retryAfterSeconds }
  return {
    name: `upgrade-${status}${retryAfterSeconds === undefined ? '' : '-retry-after'}`,
    sentence: `Every connection is reset and new ones are answered with HTTP ${status}${retryAfterSeconds === undefined ? '' : ` and a Retry-After of ${retryAfterSeconds} s`}.`,
    layer: 'upgrade',
    leavesRest: true,
    runs: 'anywhere',
    behaviour: { cut: reset, admission: () => ({ kind: 'status', status, ...told }) },
  }
}
