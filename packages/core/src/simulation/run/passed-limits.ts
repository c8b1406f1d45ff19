import type { RateLimit } from '../../connector.ts'
import type { SeenFrame, SimulatedVenue } from '../venue.ts'

/**
 * Where clients went past what the venue allows, by its own log; empty when they kept to it.
 * @param toleranceMs by how much two actions may come closer on their way
 * @param restRequests when REST was asked, where that is known better than by arrivals: the first of a connection wait for its handshake
 */
export function passedLimits(venue: SimulatedVenue, toleranceMs = 1, restRequests: readonly number[] = venue.log.restRequests): readonly string[] {
  const { limits, rest } = venue.dialect.connector
  const { connects, frames, tooEarly } = venue.log
  // Pings, and replies that the venue demands, are free.
  const requests = frames.filter(
    (frame) => frame.requests.length === 0 || frame.requests.some(({ kind }) => kind === 'subscribe' || kind === 'unsubscribe'),
  )
  return [
    ...tooEarly,
    ...passedRate('connects', connects, limits.connects, toleranceMs),
    ...passedRate(
      'frames',
      requests.map(({ at }) => at),
      limits.frames,
      toleranceMs,
    ),
    ...(rest === undefined ? [] : passedRate('REST requests', restRequests, rest.limit, toleranceMs)),
    ...requests.flatMap((frame) => passedByFrame(frame, venue, toleranceMs)),
  ]
}

function passedRate(what: string, times: readonly number[], { count, perMs }: RateLimit, toleranceMs: number): readonly string[] {
  for (let i = count; i < times.length; i++) {
    const windowMs = (times[i] ?? 0) - (times[i - count] ?? 0)
    if (windowMs < perMs - toleranceMs) return [`${count + 1} ${what} in ${Math.round(windowMs)} ms, ${count} in ${perMs} ms are allowed`]
  }
  return []
}

function passedByFrame(frame: SeenFrame, venue: SimulatedVenue, toleranceMs: number): readonly string[] {
  const { frameBytes = Infinity, symbolsPerFrame, symbolsPerConnection, afterOpenMs = 0 } = venue.dialect.connector.limits
  const symbols = frame.requests.flatMap((request) => ('symbols' in request ? request.symbols : []))
  return [
    ...(frame.bytes > frameBytes ? [`a frame of ${frame.bytes} bytes`] : []),
    ...(symbols.length > symbolsPerFrame ? [`a request of ${symbols.length} symbols`] : []),
    ...(frame.connection.held.size > symbolsPerConnection ? [`a connection with ${frame.connection.held.size} symbols`] : []),
    ...(frame.ageMs < afterOpenMs - toleranceMs ? [`a request ${Math.round(frame.ageMs)} ms after opening`] : []),
  ]
}
