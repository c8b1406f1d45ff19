import type { FeedEvent } from '../../connector.ts'
import { asObject } from '../../frame/read-object.ts'

/** Events as they are compared with expected ones: a tick keeps its side and the time of its row only where the expected one in its place has them. */
export function dropUnnamedFields(events: readonly FeedEvent[], expected: readonly unknown[]): readonly unknown[] {
  return events.map((event, i) => {
    if (event.kind !== 'tick') return event
    const named = asObject(expected[i])
    const { side, rowAt, ...others } = event
    return { ...others, ...(named?.side === undefined ? {} : { side }), ...(named?.rowAt === undefined ? {} : { rowAt }) }
  })
}
