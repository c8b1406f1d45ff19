/** A stream server as a process of its own, so that its memory and its delays are its own; the parent drives it by messages. */
import { systemClock } from '@trinity/core'
import { openStreamRig } from './stream-rig.fixture.ts'

/** What the parent may ask for. */
export type Order = { readonly do: 'publish'; readonly count: number; readonly everyMs: number } | { readonly do: 'measure' }

/** What comes back once it is done. */
export interface Report {
  readonly readers: number
  /** Resident set after a full collection, bytes. */
  readonly rss: number
  readonly heap: number
}

const [, , folder = ''] = process.argv
// The readers under test are to stay; in use they are cut after ten seconds.
const rig = await openStreamRig(folder, ['BTC'], systemClock, { writeLimitMs: 3_600_000 })

process.on('message', (order: Order) => void obey(order))
process.send?.({ path: rig.path })

async function obey(order: Order): Promise<void> {
  if (order.do === 'publish') await publish(order.count, order.everyMs)
  else for (let i = 0; i < 3; i++) globalThis.gc?.()
  const { rss, heapUsed } = process.memoryUsage()
  process.send?.({ readers: rig.hub.readers, rss, heap: heapUsed } satisfies Report)
}

/** Each price is the moment of its change, in nanoseconds of the clock that all processes share. */
async function publish(count: number, everyMs: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    rig.publish('BTC', String(process.hrtime.bigint()))
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}
