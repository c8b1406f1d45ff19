import { adminLimits, maxAdminConnections } from '../../../packages/gateway/src/admin/admin-server.ts'
import { maxHeaders } from '../../../packages/gateway/src/http/ambiguous-request.ts'
import { clientBits6 } from '../../../packages/gateway/src/http/connections/client-address.ts'
import { clientShare, keyShare, keyedMs, keylessShare } from '../../../packages/gateway/src/http/connections/connection-share.ts'
import { maxUnreadBytesInAll } from '../../../packages/gateway/src/http/connections/connections.ts'
import { maxAddresses, maxKeysOfClient } from '../../../packages/gateway/src/http/connections/shared-addresses.ts'
import { maxSources, wrongKeysAtOnce, wrongKeysPerSecond } from '../../../packages/gateway/src/http/connections/wrong-keys.ts'
import { maxUnanswered, maxUnreadBytes } from '../../../packages/gateway/src/http/pipeline.ts'
import { connectionsPerTurn, requestsPerTurn } from '../../../packages/gateway/src/http/read-turns.ts'
import { keptMs } from '../../../packages/gateway/src/http/ready-bytes.ts'
import { harmless } from '../../../packages/gateway/src/http/request-id.ts'
import { maxAssets } from '../../../packages/gateway/src/lpo/schemas.ts'
import { bodyLimit, httpLimits } from '../../../packages/gateway/src/lpo/server.ts'
import { maxCallers } from '../../../packages/gateway/src/lpo/short-way/known-callers.ts'
import { stallMs } from '../../../packages/gateway/src/lpo/stall.ts'
import { serverSettings } from '../../../packages/gateway/src/settings/settings.ts'
import { maxWaiting } from '../../../packages/gateway/src/shedding/request-queue.ts'
import { type Limit, bytes, count, error, share, time, variable } from './limit.ts'

const gateway = 'packages/gateway/src'
const connections = `${gateway}/http/connections`
const { maxConnections, trustProxy } = serverSettings
const closed = `${error('TRN_OVERLOADED')}, and the connection closes`

/** What strangers and callers can hold of the HTTP port, and how fast they can try keys. */
export const connectionLimits: readonly Limit[] = [
  {
    what: 'Connections at once, shared out evenly to the serving threads',
    value: maxConnections.defaultText,
    setting: variable(maxConnections),
    seen: closed,
    test: `${connections}/connections.test.ts`,
  },
  {
    what: `Of these, connections that have shown no good key within ${time(keyedMs)}`,
    value: share(keylessShare),
    setting: variable(maxConnections),
    seen: `Without a good key: ${closed}; with one: nothing`,
    test: `${connections}/connections.test.ts`,
  },
  {
    what: `Of these, connections of one client: an address, of IPv6 a /${clientBits6}; not where many share it`,
    value: `${share(clientShare)} of what is free`,
    setting: variable(trustProxy),
    seen: `Without a good key: ${closed}; with one: nothing`,
    test: `${connections}/connection-share.test.ts`,
  },
  {
    what: 'Connections beyond these shares, until their first request shows a good key',
    value: 'what is left of all',
    seen: 'Where all are taken, the oldest that asks nothing closes for each that comes',
    test: `${connections}/connection-share.test.ts`,
  },
  {
    what: 'Connections that one key may have beside these',
    value: share(keyShare),
    setting: variable(maxConnections),
    seen: 'The others count as without a key',
    test: `${connections}/connection-share.test.ts`,
  },
  {
    what: 'Different good keys of one address in a minute before it counts as shared by many',
    value: count(maxKeysOfClient),
    setting: variable(trustProxy),
    seen: 'Nothing: bounds of single clients are no more held to it; a warning in the log',
    test: `${connections}/shared-addresses.test.ts`,
  },
  {
    what: 'Shared addresses that are remembered',
    value: count(maxAddresses),
    seen: 'Nothing: they are found out anew',
    test: `${connections}/shared-addresses.test.ts`,
  },
  {
    what: 'Wrong keys of one client, or where many share an address, wrong keys that begin alike',
    value: `${count(wrongKeysAtOnce)} at once, ${count(wrongKeysPerSecond)} a second`,
    setting: variable(trustProxy),
    seen: `${error('TRN_RATE_LIMITED')} in place of ${error('TRN_KEY_INVALID')}`,
    test: `${connections}/connections.test.ts`,
  },
  {
    what: 'Sources of wrong keys that are remembered',
    value: count(maxSources),
    seen: 'Nothing: they may try again',
    test: `${connections}/wrong-keys.test.ts`,
  },
  {
    what: 'Requests of one connection that wait for their responses',
    value: count(maxUnanswered),
    seen: 'The last response says `Connection: close`; requests after it are not worked on',
    test: `${gateway}/http/pipeline.test.ts`,
  },
  {
    what: 'Requests of one turn of the event loop before connections that are new or send several at once wait to be read; those read again in each turn',
    value: `${count(requestsPerTurn)}, ${count(connectionsPerTurn)} connections`,
    seen: 'Nothing: what they send waits with the kernel, for some turns',
    test: `${gateway}/http/read-turns.test.ts`,
  },
  {
    what: 'Bytes of responses that one connection leaves unread',
    value: bytes(maxUnreadBytes),
    seen: 'The same',
    test: `${gateway}/http/pipeline.test.ts`,
  },
  {
    what: 'Bytes of responses that all connections of a serving thread leave unread',
    value: bytes(maxUnreadBytesInAll),
    seen: 'Those that leave most unread are reset',
    test: `${connections}/unread-responses.test.ts`,
  },
]

/** What one request may be, and how long it may take. */
export const requestLimits: readonly Limit[] = [
  {
    what: 'Path and headers',
    value: bytes(httpLimits.maxHeaderSize),
    seen: `${error('TRN_HEADERS_TOO_LARGE')}, and the connection closes`,
    test: `${gateway}/http/raw-requests.test.ts`,
  },
  {
    what: 'Headers',
    value: count(maxHeaders),
    seen: `${error('TRN_HEADERS_TOO_LARGE')}, and the connection closes`,
    test: `${gateway}/http/raw-requests.test.ts`,
  },
  { what: 'Body', value: bytes(bodyLimit), seen: error('TRN_BODY_TOO_LARGE'), test: `${gateway}/lpo/errors.test.ts` },
  {
    what: 'Time for path and headers to arrive, and for the whole request',
    value: `${time(httpLimits.headersTimeout)}, ${time(httpLimits.requestTimeout)}`,
    seen: `${error('TRN_REQUEST_TIMEOUT')}, and the connection closes; without a response where nothing came`,
    test: `${gateway}/http/raw-requests.test.ts`,
  },
  {
    what: 'Rest between two requests of a connection',
    value: time(httpLimits.keepAliveTimeout),
    seen: 'The connection closes; `Keep-Alive` says when',
    test: `${gateway}/lpo/stall.test.ts`,
  },
  {
    what: 'Time in which a client reads nothing of a response',
    value: time(stallMs),
    seen: 'The connection is reset',
    test: `${gateway}/lpo/stall.test.ts`,
  },
  { what: 'Assets of `POST /prices`', value: count(maxAssets), seen: error('TRN_BAD_REQUEST'), test: `${gateway}/lpo/errors.test.ts` },
  {
    what: 'Form of `X-Request-Id`',
    value: `\`${harmless.source}\``,
    seen: 'Another id in its place',
    test: `${gateway}/lpo/errors.test.ts`,
  },
  {
    what: 'Age of a response of `/exchanges` and `/health`, which all who ask share',
    value: time(keptMs),
    seen: 'Nothing',
    test: `${gateway}/http/ready-bytes.test.ts`,
  },
  {
    what: 'Good keys whose callers a serving thread remembers',
    value: count(maxCallers),
    seen: 'Nothing: they are looked up anew',
    test: `${gateway}/lpo/short-way/known-callers.test.ts`,
  },
  {
    what: 'Requests that wait for their turn in a serving thread: of customers, and as many of others',
    value: count(maxWaiting),
    seen: closed,
    test: `${gateway}/shedding/request-queue.test.ts`,
  },
]

/** What the operators' port takes. */
export const adminPortLimits: readonly Limit[] = [
  {
    what: 'Connections; requests of one that wait for their responses are bounded as above',
    value: count(maxAdminConnections),
    seen: 'The connection closes at once',
    test: `${gateway}/admin/admin-server.test.ts`,
  },
  {
    what: 'Path and headers',
    value: bytes(adminLimits.maxHeaderSize),
    seen: `${error('TRN_HEADERS_TOO_LARGE')}, and the connection closes`,
    test: `${gateway}/admin/admin-server.test.ts`,
  },
  {
    what: 'Time for path and headers to arrive, and for the whole request',
    value: `${time(adminLimits.headersTimeout)}, ${time(adminLimits.requestTimeout)}`,
    seen: `${error('TRN_REQUEST_TIMEOUT')}, and the connection closes`,
    test: `${gateway}/admin/admin-server.test.ts`,
  },
  {
    what: 'Names under which it answers',
    value: 'its address and localhost; all to holders of the token',
    setting: variable(serverSettings.metricsToken),
    seen: error('TRN_HOST_UNKNOWN'),
    test: `${gateway}/admin/admin-server.test.ts`,
  },
]
