import { udpCounterNames } from '../udp/outcome/outcome.ts'
import { durationBounds } from './durations.ts'
import { httpRefusalNames } from './http-refusals.ts'

/** Counters of one serving thread beside its usage, in the order of their cells. */
export const servingCounterNames: readonly string[] = [
  'stale_served',
  'price_misses',
  'auth_failures',
  'overloaded',
  ...httpRefusalNames,
  'duration_microseconds',
  ...Array.from({ length: durationBounds.length + 1 }, (_, bucket) => `duration_bucket_${bucket}`),
  ...udpCounterNames,
]

/** Where the durations begin among the cells. */
export const firstDurationCell = servingCounterNames.indexOf('duration_bucket_0')

/** Where the UDP door's begin. */
export const firstUdpCell = servingCounterNames.length - udpCounterNames.length
