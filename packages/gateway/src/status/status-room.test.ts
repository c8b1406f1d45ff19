import { FakeClock } from '@trinity/core/testing'
import { expect, test } from 'vitest'
import type { Outlet } from '../stream/carrier/outlet.ts'
import { StatusFeed } from './status-feed.ts'

test('so many pages may watch, and another one when one has gone', () => {
  const outlet: Outlet = { write: () => 0, ping: () => undefined, end: () => undefined, destroy: () => undefined }
  const feed = new StatusFeed({ clock: new FakeClock(), head: { node: 'a', mode: null }, read: async () => [], limits: { readers: 1 } })
  const leave = feed.join(outlet)
  expect(() => feed.demandRoom()).toThrow(expect.objectContaining({ code: 'TRN_OVERLOADED' }))
  leave()
  feed.demandRoom()
  feed.stop()
})
