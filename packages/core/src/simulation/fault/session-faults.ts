import type { Fault, WireDamage } from './fault.ts'

const reset = { kind: 'reset' } as const

/** Longer than a price counts as fresh. */
const lateMs = 45_000

/** Longer than a connection may stay that brings no trades. */
const deafMs = 180_000

/** Faults of connections that are open: silence, subscriptions, and bytes that can't be read. */
export const sessionFaults: readonly Fault[] = [
  {
    name: 'silence',
    sentence: 'Connections stay open and new ones are accepted, but nothing is ever sent.',
    layer: 'connection',
    leavesRest: true,
    runs: 'anywhere',
    behaviour: { silence: 'all' },
  },
  {
    name: 'accept-then-silence',
    sentence: 'Every connection is reset, new ones are accepted, and nothing is ever sent on them.',
    layer: 'connection',
    leavesRest: true,
    runs: 'anywhere',
    behaviour: { cut: reset, silence: 'all' },
  },
  {
    name: 'mute',
    sentence: 'Pings are answered and heartbeats come, but neither trades nor answers to requests.',
    layer: 'connection',
    leavesRest: true,
    runs: 'anywhere',
    behaviour: { silence: 'data' },
  },
  {
    name: 'deaf',
    sentence: 'Connections that are open bring acks, snapshots, pongs and heartbeats, but no trades any more; on new ones all is well.',
    layer: 'connection',
    leavesRest: true,
    runs: 'memory',
    durationMs: deafMs,
    behaviour: { deafens: true },
  },
  {
    name: 'deaf-again',
    sentence: 'Every connection, new ones too, brings acks, snapshots, pongs and heartbeats, but no trades.',
    layer: 'connection',
    leavesRest: true,
    runs: 'memory',
    durationMs: deafMs,
    behaviour: { silence: 'trades' },
  },
  {
    name: 'symbol-mute',
    sentence: 'The trades of one symbol stop while those of the others go on.',
    layer: 'subscription',
    leavesRest: true,
    runs: 'anywhere',
    keepsConnections: true,
    behaviour: { silence: 'symbol' },
  },
  {
    name: 'drip',
    sentence: 'Frames come at one byte a second.',
    layer: 'wire',
    leavesRest: true,
    runs: 'anywhere',
    behaviour: { drip: true },
  },
  {
    name: 'late',
    sentence: 'Trades come 45 s late, and requests are not answered.',
    layer: 'wire',
    leavesRest: true,
    runs: 'anywhere',
    keepsConnections: true,
    // What comes is old when it comes, and replaces what a reading without trade times had shown: it can count as no younger than it is.
    lagMs: lateMs,
    behaviour: { late: { ms: lateMs, answers: 'lost' } },
  },
  {
    name: 'late-answers',
    sentence: 'Trades and the answers to requests come 45 s late.',
    layer: 'subscription',
    leavesRest: true,
    runs: 'anywhere',
    // As with `late`.
    lagMs: lateMs,
    behaviour: { late: { ms: lateMs, answers: 'late' } },
  },
  {
    name: 'ack-lost',
    sentence: 'Every connection is reset; new subscriptions work but are never acknowledged.',
    layer: 'subscription',
    leavesRest: true,
    runs: 'anywhere',
    behaviour: { cut: reset, ack: 'lost' },
  },
  {
    name: 'ack-partial',
    sentence: 'Every connection is reset; of the symbols asked for only every second one is acknowledged and served.',
    layer: 'subscription',
    leavesRest: true,
    runs: 'anywhere',
    behaviour: { cut: reset, ack: 'partial' },
  },
  {
    name: 'ack-error',
    sentence: 'Every connection is reset; every symbol asked for is refused.',
    layer: 'subscription',
    leavesRest: true,
    runs: 'anywhere',
    behaviour: { cut: reset, ack: 'error' },
  },
  {
    name: 'ack-duplicate',
    sentence: 'Every connection is reset; each new subscription is acknowledged twice.',
    layer: 'subscription',
    leavesRest: true,
    runs: 'anywhere',
    behaviour: { cut: reset, ack: 'duplicate' },
  },
  {
    name: 'no-subscribe-cut',
    sentence: 'Every connection is reset; requests on new ones are not read, and after 5 s without a subscription they are cut.',
    layer: 'subscription',
    leavesRest: true,
    runs: 'anywhere',
    behaviour: { cut: reset, ignoresRequests: true },
  },
  damaging('reset-mid-frame', 'The connection is reset in the middle of a frame of trades.'),
  damaging('huge-frame', 'A frame of 64 MB comes in place of trades.'),
  damaging('million-fragments', 'A message in a million fragments comes in place of trades.'),
  damaging('deflate-bomb', 'A compressed frame that grows to 64 MB comes in place of trades, though compression was not agreed on.'),
  damaging('invalid-utf8', 'A text frame that is not UTF-8 comes in place of trades.'),
  {
    name: 'flood',
    sentence: 'Three hundred trades happen in place of one, each in a frame of its own.',
    layer: 'frame',
    leavesRest: true,
    runs: 'anywhere',
    keepsConnections: true,
    durationMs: 20_000,
    behaviour: { tradesEach: 300 },
  },
]

function damaging(damage: WireDamage, sentence: string): Fault {
  return { name: damage, sentence, layer: 'wire', leavesRest: true, runs: 'anywhere', behaviour: { damage } }
}
