import { defaultTransportLimits } from '../../../packages/core/src/node-transport.ts'
import { listingsPerAsset } from '../../../packages/core/src/board/assets/asset-layout.ts'
import { keyRows } from '../../../packages/gateway/src/serving/shared-state.ts'
import { type PriceParameters, defaultParameters } from '../../../packages/gateway/src/settings/parameters.ts'
import { targetsOfBurst } from '../../../packages/gateway/src/shedding/queue-delay.ts'
import { type Limit, bytes, count, error, time, udpError } from './limit.ts'

const gateway = 'packages/gateway/src'
const { onDemandAssets, onDemandIdleSeconds, onDemandListings, onDemandWaitMs, shedAfterMs } = defaultParameters
const parameter = (name: keyof PriceParameters): string => `\`${name}\``
const overloaded = `${error('TRN_OVERLOADED')}; over UDP ${udpError('overloaded')}; neither costs the key a request`

/** What requests may make the service do, over HTTP and UDP. */
export const serviceLimits: readonly Limit[] = [
  {
    what: 'Wait of a request under lasting load, in CPU time of its thread; in a burst',
    value: `${time(shedAfterMs)}; ${time(targetsOfBurst * shedAfterMs)}`,
    setting: parameter('shedAfterMs'),
    seen: overloaded,
    test: `${gateway}/serving/serving.test.ts`,
  },
  {
    what: 'Keys in force, and revoked ones that are known as such',
    value: count(keyRows),
    seen: `${error('TRN_KEY_INVALID')} to holders of further ones; over UDP silence`,
    test: 'packages/core/src/access/key-table.test.ts',
  },
  {
    what: 'Assets outside the prewarmed lists in use',
    value: count(onDemandAssets),
    setting: parameter('onDemandAssets'),
    seen: error('TRN_OVERLOADED'),
    test: `${gateway}/lpo/errors.test.ts`,
  },
  {
    what: 'Listings of these, and of venues that stand in for others',
    value: count(onDemandListings),
    setting: parameter('onDemandListings'),
    seen: `${error('TRN_OVERLOADED')}; in place of a stand-in the old price`,
    test: `${gateway}/venues/board-room.test.ts`,
  },
  {
    what: 'Listings on the board',
    value: `${count(onDemandListings)} and twice the configured ones`,
    setting: parameter('onDemandListings'),
    seen: 'The same',
    test: `${gateway}/venues/board-room.test.ts`,
  },
  {
    what: 'Listings of one asset',
    value: count(listingsPerAsset),
    seen: 'The least preferred ones do not answer',
    test: 'packages/core/src/board/assets/asset-table.test.ts',
  },
  {
    what: 'Wait for the first price of an asset outside the prewarmed lists',
    value: time(onDemandWaitMs),
    setting: parameter('onDemandWaitMs'),
    seen: error('TRN_PRICE_UNAVAILABLE'),
    test: `${gateway}/venues/on-demand.test.ts`,
  },
  {
    what: 'Time in which such an asset stays without a request for it',
    value: time(onDemandIdleSeconds * 1000),
    setting: parameter('onDemandIdleSeconds'),
    seen: 'The next request for it waits for its first price',
    test: `${gateway}/venues/on-demand.test.ts`,
  },
]

const { connectTimeoutMs, maxBodyBytes, maxFrameBytes, requestTimeoutMs } = defaultTransportLimits

/** What venues may make the service hold. */
export const venueLimits: readonly Limit[] = [
  {
    what: 'REST body of a venue, prices or listing, unpacked',
    value: bytes(maxBodyBytes),
    seen: 'The last price, which ages',
    test: 'packages/core/src/node-rest.test.ts',
  },
  {
    what: 'Time for a REST response to arrive',
    value: time(requestTimeoutMs),
    seen: 'The same',
    test: 'packages/core/src/node-rest.test.ts',
  },
  {
    what: 'Frame of a venue',
    value: bytes(maxFrameBytes),
    seen: 'The same, until the feed has another connection',
    test: 'packages/core/src/node-transport.test.ts',
  },
  {
    what: 'Time for a connection of a feed to open',
    value: time(connectTimeoutMs),
    seen: 'The same',
    test: 'packages/core/src/node-transport.test.ts',
  },
]
