import { type Exchange, normalizeTrades } from 'tardis-dev'
import type { FrameDecoder } from './decoder.ts'
import type { Venue } from './frame-shapes.ts'

/** Venues whose trade frames of today tardis-dev maps, under its own names. */
const tardisNames: Readonly<Partial<Record<Venue, Exchange>>> = { gateio: 'gate-io', cryptocom: 'crypto-com', okx: 'okex' }

/** JSON.parse and tardis-dev's mapper, as its real-time stream runs them; undefined where it has none for today's frames. */
export function tardisDecoder(venue: Venue): FrameDecoder | undefined {
  const name = tardisNames[venue]
  if (name === undefined) return undefined
  const receivedAt = new Date()
  const mapper = normalizeTrades(name, receivedAt)

  function mapped(frame: string) {
    const message: unknown = JSON.parse(frame)
    return mapper.canHandle(message) ? (mapper.map(message, receivedAt) ?? []) : []
  }

  return {
    decodeAll(frames) {
      let trades = 0
      for (const frame of frames) for (const trade of mapped(frame)) if (trade.price > 0) trades++
      return trades
    },
    read: (frame) => Array.from(mapped(frame), ({ id, price }) => ({ id, price })),
  }
}
