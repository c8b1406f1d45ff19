import type { FeedEvent } from '../../connector.ts'
import { asObject } from '../../frame/read-object.ts'

/** Events as they are compared with expected ones: a tick keeps its side only where the expected one in its place has one. */
export function dropUnexpectedSides(events: readonly FeedEvent[], expected: readonly unknown[]): readonly unknown[] {
  return events.map((event, i) => {
    if (event.kind !== 'tick' || asObject(expected[i])?.side !== undefined) return event
    const { side: _side, ...others } = event
    return others
  })
}
