import { assetsMost, clockToleranceMs, helloRepeatMs, sessionLifetimeSeconds, windowWidth, wireSize } from '@trinity/udp'
import { defaultUdpLimits } from '../../../packages/gateway/src/udp/handler.ts'
import { serverSettings } from '../../../packages/gateway/src/settings/settings.ts'
import { type Limit, bytes, count, time, udpError, variable } from './limit.ts'

const udp = 'packages/gateway/src/udp'
const { hellosPerSecond, perKey, sessions, strangersPerSecond, unproven, unprovenPerKey } = defaultUdpLimits
const ended = `The least recently used session ends: its next datagram gets ${udpError('noSession')}`

/** What senders of datagrams can make a serving thread hold and do. */
export const udpLimits: readonly Limit[] = [
  { what: 'Datagram, either way', value: bytes(wireSize.datagramMost), seen: 'Silence', test: `${udp}/answer/session-door.test.ts` },
  { what: 'Assets of a QUERY', value: count(assetsMost), seen: udpError('malformed'), test: `${udp}/answer/session-door.test.ts` },
  {
    what: 'Request ids behind the highest one that are still taken, each once',
    value: count(windowWidth),
    seen: 'Silence',
    test: `${udp}/session/replay-window.test.ts`,
  },
  {
    what: 'Time without a valid datagram in which a session lives',
    value: time(sessionLifetimeSeconds * 1000),
    seen: udpError('noSession'),
    test: `${udp}/answer/session-door.test.ts`,
  },
  {
    what: 'Sessions of a serving thread that have shown a valid tag',
    value: count(sessions - unproven),
    seen: ended,
    test: `${udp}/session/sessions.test.ts`,
  },
  { what: 'Of these, sessions of one key', value: count(perKey), seen: ended, test: `${udp}/session/sessions.test.ts` },
  { what: 'Sessions of a serving thread without a valid tag so far', value: count(unproven), seen: ended, test: `${udp}/session/sessions.test.ts` },
  { what: 'Of these, sessions of one key', value: count(unprovenPerKey), seen: ended, test: `${udp}/session/sessions.test.ts` },
  { what: 'HELLOs of a key in a second', value: count(hellosPerSecond), seen: 'Silence', test: `${udp}/answer/greeter.test.ts` },
  {
    what: `Beside these, HELLOs of a key that were said before within ${time(helloRepeatMs)}`,
    value: count(hellosPerSecond >> 1),
    seen: 'Silence',
    test: `${udp}/answer/greeter.test.ts`,
  },
  { what: 'Error of the clock in a HELLO', value: time(clockToleranceMs), seen: udpError('clock'), test: `${udp}/answer/greeter.test.ts` },
  {
    what: 'ERRORs in a second to one address without a session, of IPv6 to one network',
    value: count(strangersPerSecond),
    seen: 'Silence',
    test: `${udp}/answer/session-door.test.ts`,
  },
  {
    what: 'Senders of questions in JSON',
    value: 'this machine alone',
    setting: variable(serverSettings.udpTextMode),
    seen: 'Silence',
    test: `${udp}/text-mode.test.ts`,
  },
]
