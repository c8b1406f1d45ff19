import { closeCodeOf } from '../../../packages/gateway/src/stream/carrier/web-socket-outlet.ts'
import { maxPayload, mostMessages } from '../../../packages/gateway/src/stream/carrier/web-socket-door.ts'
import { defaultStreamLimits, maxStreamAssets } from '../../../packages/gateway/src/stream/limits.ts'
import { mostOfKey, mostTickets, ticketMs } from '../../../packages/gateway/src/stream/ticket-book.ts'
import { mostReaders } from '../../../packages/gateway/src/status/status-feed.ts'
import { errorTable } from '@trinity/core'
import { type Limit, bytes, count, error, time } from './limit.ts'

const stream = 'packages/gateway/src/stream'
const { lifetimeMs, readers, windowBytes, writeLimitMs } = defaultStreamLimits
const closeCode = (code: keyof typeof errorTable): string => `close code ${closeCodeOf(errorTable[code].status)}`
const full = `${error('TRN_OVERLOADED')}; over WebSocket ${closeCode('TRN_OVERLOADED')}`

/** What readers of streams can hold and ask. */
export const streamLimits: readonly Limit[] = [
  { what: 'Streams of a serving thread', value: count(readers), seen: full, test: `${stream}/stream-room.test.ts` },
  { what: 'Assets of a stream', value: count(maxStreamAssets), seen: error('TRN_BAD_REQUEST'), test: `${stream}/stream.test.ts` },
  {
    what: 'Bytes under way to a reader',
    value: bytes(windowBytes),
    seen: 'Changes wait, and only the newest of each asset is kept',
    test: `${stream}/slow-reader.test.ts`,
  },
  {
    what: 'Time in which a reader takes nothing of what is under way',
    value: time(writeLimitMs),
    seen: 'The stream is cut',
    test: `${stream}/slow-reader.test.ts`,
  },
  { what: 'Age of a stream', value: time(lifetimeMs), seen: 'A goodbye; another stream may follow', test: `${stream}/stream.test.ts` },
  { what: 'Message of a WebSocket client', value: bytes(maxPayload), seen: 'Close code 1009', test: `${stream}/stream-room.test.ts` },
  {
    what: 'Messages of a WebSocket client in a second',
    value: count(mostMessages),
    seen: `\`TRN_OVERLOADED\`, then ${closeCode('TRN_OVERLOADED')}`,
    test: `${stream}/stream.test.ts`,
  },
  { what: 'Age of a ticket', value: time(ticketMs), seen: error('TRN_KEY_INVALID'), test: `${stream}/ticket-book.test.ts` },
  {
    what: 'Tickets of a key that wait for their use',
    value: count(mostOfKey),
    seen: error('TRN_RATE_LIMITED'),
    test: `${stream}/ticket-book.test.ts`,
  },
  {
    what: 'Tickets of all keys that wait for their use',
    value: count(mostTickets),
    seen: error('TRN_OVERLOADED'),
    test: `${stream}/ticket-book.test.ts`,
  },
  {
    what: 'Readers of `/status/stream` of a serving thread',
    value: count(mostReaders),
    seen: error('TRN_OVERLOADED'),
    test: 'packages/gateway/src/status/status-room.test.ts',
  },
]
