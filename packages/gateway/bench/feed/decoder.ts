import type { Connector } from '@trinity/core'

/** A trade as a decoder gave it; a library may have no id, and may have made a number of the price. */
export interface ReadTrade {
  readonly id: string | undefined
  readonly price: string | number
}

/** One way to turn a venue's frames into trades. */
export interface FrameDecoder {
  /** Decodes frames one after another, as they come from a socket, and counts what came of it. This is what is timed. */
  decodeAll(frames: readonly string[]): number
  /** The trades of one frame, in any order; absent where a decoder makes no trades. */
  read?(frame: string): readonly ReadTrade[]
}

/** The connector of the product. */
export function connectorDecoder(connector: Connector): FrameDecoder {
  return {
    decodeAll(frames) {
      let events = 0
      for (const frame of frames) events += connector.decode(frame).length
      return events
    },
    read: (frame) => connector.decode(frame).flatMap((event) => (event.kind === 'tick' ? [{ id: event.id, price: event.price }] : [])),
  }
}

/** Only JSON.parse, the least that any decoder of whole frames does. */
export const bareParse: FrameDecoder = {
  decodeAll(frames) {
    let objects = 0
    for (const frame of frames) if (typeof JSON.parse(frame) === 'object') objects++
    return objects
  },
}
