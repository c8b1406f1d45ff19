import { describe, expect, test } from 'vitest'
import type { FeedEvent } from '../connector.ts'
import { plainTick } from '../testing/fake/plain-venue.ts'
import { BackfillMarker } from './backfill-marker.ts'

const marks = (events: readonly FeedEvent[]): string =>
  events.map((event) => (event.kind === 'tick' ? `${event.symbol}${event.backfill ? '*' : ''}` : event.kind)).join(' ')

describe('backfill', () => {
  test('all trades of a symbol in its first frame are marked, later ones are not', () => {
    const marker = new BackfillMarker({ backfill: 'first-frame' })
    expect(marks(marker.mark([plainTick('a', '1'), { kind: 'alive' }, plainTick('a', '2')]))).toBe('a* alive a*')
    expect(marks(marker.mark([plainTick('a', '3'), plainTick('b', '1')]))).toBe('a b*')
    expect(marks(marker.mark([plainTick('a', '3'), plainTick('b', '1')]))).toBe('a b')
  })

  test('a symbol that is asked for anew begins anew', () => {
    const marker = new BackfillMarker({ backfill: 'first-frame' })
    marker.mark([plainTick('a', '1'), plainTick('b', '1')])
    marker.expect(['a'])
    expect(marks(marker.mark([plainTick('a', '2'), plainTick('b', '2')]))).toBe('a* b')
  })

  test.each(['marked', 'none'] as const)('a venue whose frames are %s is left as it is', (backfill) => {
    const events = [plainTick('a', '1', { backfill: backfill === 'marked' })]
    expect(new BackfillMarker({ backfill }).mark(events)).toBe(events)
  })
})
