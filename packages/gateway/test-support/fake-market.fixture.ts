import type { Connector, RestRequest, RestResponse } from '@trinity/core'
import { FakeClock, type FakeSocket, FakeTransport } from '@trinity/core/testing'
import type { GatewayOptions } from '../src/gateway.ts'
import { type GatewayRig, openGateway } from './gateway-rig.fixture.ts'
import { type TestTrade, frames } from './test-connector.fixture.ts'

/** A gateway whose venues and time are the test's own: nothing happens that the test does not make happen. */
export interface FakeMarket extends GatewayRig {
  readonly clock: FakeClock
  readonly transport: FakeTransport
  /** What each REST address answers from now on; others answer 404. */
  readonly rest: Map<string, unknown>
  /** The newest connection of a venue. */
  socket(venue: string): FakeSocket
  /** A live trade on a venue's connection, now unless it says otherwise. */
  trade(venue: string, symbol: string, price: string, more?: Partial<TestTrade>): void
  /** How often a REST address was asked. */
  requestsTo(url: string): number
  /** The venue opens what is connecting, and requests go out. */
  openSockets(): Promise<void>
}

/** Starts a gateway on a fake clock and transport, with every connection open; `rest` are bodies by address, sent as JSON. */
export async function openFakeMarket(
  options: Partial<GatewayOptions> & { connectors: readonly Connector[] },
  rest: Readonly<Record<string, unknown>> = {},
  clock = new FakeClock(),
): Promise<FakeMarket> {
  const bodies = new Map(Object.entries(rest))
  const answer = ({ url }: RestRequest): RestResponse =>
    bodies.has(url) ? { status: 200, body: JSON.stringify(bodies.get(url)) } : { status: 404, body: '' }
  const transport = new FakeTransport(clock, answer)
  // However busy the machine is, nobody is refused for that.
  const parameters = { shedAfterMs: 60_000, ...options.parameters }
  const rig = await openGateway({ clock, transport, random: () => 0.5, ...options, parameters })
  const urls = new Map(options.connectors.map((connector) => [connector.name, connector.urls[0]]))
  const socket = (venue: string): FakeSocket => {
    const found = transport.sockets.findLast(({ url }) => url === urls.get(venue))
    if (found === undefined) throw new Error(`${venue} has no connection.`)
    return found
  }
  const market: FakeMarket = {
    ...rig,
    clock,
    transport,
    rest: bodies,
    socket,
    trade: (venue, symbol, price, more) => socket(venue).deliver(frames.trade({ s: symbol, p: price, at: clock.now(), ...more })),
    requestsTo: (url) => transport.requests.filter(({ what }) => what.url === url).length,
    async openSockets() {
      for (const one of transport.sockets) if (one.state === 'connecting') one.open()
      await clock.advanceAsync(0)
    },
  }
  await market.openSockets()
  return market
}
