import { expect, test } from 'vitest'
import type { FeedEvent } from '../connector.ts'
import { FakeClock } from '../testing/fake/fake-clock.ts'
import { FakeTransport } from '../testing/fake/fake-transport.ts'
import { plainFrame, plainTick, plainVenue, readPlainRequest } from '../testing/fake/plain-venue.ts'
import { FeedSupervisor } from './supervisor.ts'
import { symbolWaits } from './symbol-watch.ts'

const reject: FeedEvent = { kind: 'reject', symbol: 'a', reason: 'busy' }

/** What is asked for after these events, on the same connection and on the next. */
function asksAfter(...events: readonly FeedEvent[]): readonly (readonly string[])[] {
  const clock = new FakeClock()
  const transport = new FakeTransport(clock)
  const connector = plainVenue({ heartbeat: { silenceMs: 3_600_000 } })
  const feed = new FeedSupervisor(connector, { transport, clock, random: () => 0.5, utcNow: () => clock.now() })
  const open = (): void => {
    transport.last.open()
    clock.advance(0)
  }
  const asks = (): readonly string[] => transport.last.takeSent().flatMap((frame) => readPlainRequest(frame).subscribe ?? [])
  feed.setSymbols(['a', 'b'])
  open()
  transport.last.deliver(plainFrame(plainTick('b', '1')))
  asks()
  for (const event of events) transport.last.deliver(plainFrame(event))
  asks()
  clock.advance(symbolWaits.rejectedMs * 0.75 + 5000)
  const again = asks()
  transport.last.deliver(plainFrame(plainTick('a', '1')))
  expect([feed.symbolState('a'), feed.status().why]).toEqual(['live', ''])
  transport.last.close()
  clock.advance(250)
  open()
  return [again, asks()]
}

test.each<[string, readonly FeedEvent[]]>([
  ['an ack of the request that held it too', [reject, { kind: 'ack', request: 1 }]],
  ['a trade that was on its way', [reject, plainTick('a', '1')]],
  ['a snapshot that was on its way', [reject, plainTick('a', '1', { backfill: true })]],
  [
    'an ack of its new request, after an error of the unsubscription',
    [{ kind: 'reject', request: 1, reason: 'bad' }, reject, { kind: 'ack', symbol: 'a' }],
  ],
])('a rejected symbol is asked for again, whatever follows on the same connection: %s', (_, events) => {
  const [again, next] = asksAfter(...events)
  expect(again).toEqual(['a'])
  expect(next?.toSorted()).toEqual(['a', 'b'])
})
