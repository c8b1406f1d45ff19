import { type Connector, type Transport } from '@trinity/core'
import { FakeClock } from '@trinity/core/testing'
import { onTestFinished } from 'vitest'
import { openReplay } from '../src/replay/replay.ts'
import { type GatewayRig, openGateway } from './gateway-rig.fixture.ts'

/** A gateway that plays recordings over a real loopback socket, in a time that stands still unless the test moves it. */
export interface ReplayRig extends GatewayRig {
  readonly clock: FakeClock
  /** One line for each skipped file and broken line. */
  readonly notices: readonly string[]
  readonly summary: readonly string[]
  /** REST requests that went out. */
  readonly restRequests: readonly string[]
  /** Moves time on in small steps, so that what was sent arrives before more is sent. */
  play(ms: number): Promise<void>
}

/** What of a replay a test chooses. */
export interface ReplayOptions {
  readonly connectors: readonly Connector[]
  readonly speed?: number
  readonly assets?: Readonly<Record<string, readonly string[]>>
  readonly stepMs?: number
}

/** Opens a replay of a folder; the first file of each venue has begun, and time has not moved yet. */
export async function openReplayRig(folder: string, { connectors, speed = 1, assets = {}, stepMs = 50 }: ReplayOptions): Promise<ReplayRig> {
  const clock = new FakeClock()
  const notices: string[] = []
  const restRequests: string[] = []
  const replay = await openReplay({ folder, speed, connectors, clock, onNotice: (notice) => notices.push(notice) })
  onTestFinished(() => replay.stop())
  const transport: Transport = {
    connect: (url, handlers) => replay.transport.connect(url, handlers),
    async request({ url }) {
      restRequests.push(url)
      return { status: 404, body: '' }
    },
  }
  const rig = await openGateway({
    connectors: replay.connectors,
    assets,
    clock,
    transport,
    random: () => 0,
    rest: false,
    mode: 'replay',
    fixedListings: replay.fixedListings,
  })
  onTestFinished(rig.stop)
  replay.attach(rig.gateway)
  const play = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= stepMs) {
      clock.advance(Math.min(stepMs, left))
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
  const connected = (): boolean => rig.gateway.venues.every((venue) => venue.feed.status().state !== 'down')
  while (!connected()) await new Promise((resolve) => setTimeout(resolve, 5))
  return { ...rig, clock, notices, summary: replay.summary, restRequests, play }
}
