import { expect, test } from 'vitest'
import { VenueRig } from './venue-rig.fixture.ts'

const minute = 60_000
const hour = 60 * minute

async function makeRig(): Promise<VenueRig> {
  const rig = new VenueRig([{ name: 'alpha', prewarmed: ['BTC'] }])
  rig.listed.set('alpha', { 'BTC-USD': 'trading' })
  return rig.run()
}

/** A connection that is lost every two minutes, each time a reason to read the listing, and comes back. */
async function flap(rig: VenueRig, ms: number): Promise<void> {
  for (const end = rig.clock.now() + ms; rig.clock.now() < end;) {
    rig.trade('alpha', 'BTC-USD', '5')
    rig.socket('alpha').close()
    await rig.pass(minute)
    await rig.open()
    rig.trade('alpha', 'BTC-USD', '5')
    await rig.pass(minute)
  }
}

test('one listing waits for the end of a pause, however often it is needed meanwhile, and is as old as its own request', async () => {
  const rig = await makeRig()
  const answer = rig.transport.answer
  rig.transport.answer = () => ({ status: 429, body: '', retryAfterMs: hour })
  await flap(rig, 10 * minute)
  const before = rig.listingRequests('alpha')
  const pausedAt = rig.transport.requests.at(-1)?.at ?? 0
  rig.transport.answer = answer
  await flap(rig, pausedAt + hour - minute - rig.clock.now())
  expect(rig.listingRequests('alpha')).toBe(before)
  rig.trade('alpha', 'BTC-USD', '5')
  await rig.pass(minute + 1000)
  rig.trade('alpha', 'BTC-USD', '5')
  expect(rig.listingRequests('alpha')).toBe(before + 1)
  expect(rig.venue.instruments.askedAt).toBe(pausedAt + hour)
})

test('what happens while a listing is on its way has another one read within minutes', async () => {
  const rig = await makeRig()
  const answer = rig.transport.answer
  rig.transport.answer = async (request) => {
    const body = await answer(request)
    await new Promise<void>((resolve) => void rig.clock.after(5000, resolve))
    return body
  }
  rig.venue.instruments.readSoon()
  const lively = async (seconds: number): Promise<void> => {
    for (let i = 0; i < seconds; i++) {
      rig.trade('alpha', 'BTC-USD', '5')
      await rig.pass(1000)
    }
  }
  while (rig.listingRequests('alpha') < 2) await lively(1)
  await lively(1)
  rig.venue.instruments.readSoon()
  await lively(170)
  expect(rig.listingRequests('alpha')).toBe(2)
  await lively(20)
  expect(rig.listingRequests('alpha')).toBe(3)
  await lively(3600)
  expect(rig.listingRequests('alpha')).toBe(3)
})
