import { type Clock, type Connector, type FeedEvent, type Tick, frameText } from '@trinity/core'
import { type PlayCue, readCue } from './play-cue.ts'

/** A recording may pause for longer than a venue ever would. */
const neverMs = 2 ** 31 - 1

/**
 * The connector of a replayed venue: the same literal, but it connects to the player, does without REST, and moves each
 * trade's time so that its file starts when it is played. Trades keep the order of their recorded times.
 */
export function replayConnector(connector: Connector, url: string, clock: Clock): Connector {
  let cue: PlayCue | undefined
  const { rest: _rest, ...literal } = connector
  return {
    ...literal,
    urls: [url],
    limits: {
      connects: connector.limits.connects,
      frames: connector.limits.frames,
      symbolsPerFrame: connector.limits.symbolsPerFrame,
      symbolsPerConnection: neverMs,
    },
    heartbeat: { silenceMs: neverMs },
    decode(frame) {
      const next = readCue(frameText(frame))
      if (next !== undefined) {
        cue = next
        return []
      }
      const playing = cue
      return connector.decode(frame).flatMap((event) => replayEvent(event, playing, clock.now()))
    },
  }
}

function replayEvent(event: FeedEvent, cue: PlayCue | undefined, now: number): readonly FeedEvent[] {
  // Request ids in a recording are those of whoever recorded it, not ours.
  if ((event.kind === 'ack' || event.kind === 'reject') && event.request !== undefined) return []
  return [event.kind === 'tick' && event.at !== undefined && cue !== undefined ? moveTick(event, event.at, cue, now) : event]
}

function moveTick(tick: Tick, at: number, cue: PlayCue, now: number): Tick {
  const moved = Math.floor(cue.startedAt + (at - cue.startAt) / cue.speed)
  return { ...tick, at: Math.min(moved, now), orderAt: cue.orderBase + (at - cue.earliestAt) }
}
