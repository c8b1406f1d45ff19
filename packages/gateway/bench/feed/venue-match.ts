import type { Connector } from '@trinity/core'
import type { Contestant } from '../rounds.ts'
import { ccxtDecoder } from './ccxt-decoder.ts'
import { type FrameDecoder, type ReadTrade, bareParse, connectorDecoder } from './decoder.ts'
import { type FeedFrame, type FrameShape, type Venue, ccxtShapes, frameShapes } from './frame-shapes.ts'
import { marketBases, tradeBatches } from './market.ts'
import { tardisDecoder } from './tardis-decoder.ts'

export type DecoderName = 'trinity' | 'json_parse' | 'ccxt' | 'ccxt_fresh' | 'tardis'

/** A decoder with the frames that it is given. */
export interface Entry extends Contestant {
  readonly name: DecoderName
  readonly decoder: FrameDecoder
  readonly frames: readonly FeedFrame[]
}

/** The decoders that meet over one venue's frames. */
export interface VenueMatch {
  readonly venue: Venue
  readonly frames: readonly FeedFrame[]
  /** False where ccxt speaks only an older protocol of the venue; it is given the same trades in that one. */
  readonly ccxtReadsToday: boolean
  readonly entries: readonly Entry[]
}

export function prepareMatch(venue: Venue, connector: Connector, frameCount: number): VenueMatch {
  const frames = writeFrames(frameShapes[venue], connector, frameCount)
  const ccxtShape = ccxtShapes[venue]
  const ccxtFrames = ccxtShape === undefined ? frames : writeFrames(ccxtShape, connector, frameCount)
  const quote = firstQuote(connector)
  const markets = marketBases.map((base) => ({ id: connector.toSymbol({ base, quote }), base, quote }))
  const entries = [
    enter('trinity', connectorDecoder(connector), frames),
    enter('json_parse', bareParse, frames),
    enter('ccxt', ccxtDecoder(venue, markets, 'full'), ccxtFrames),
    enter('ccxt_fresh', ccxtDecoder(venue, markets, 'fresh'), ccxtFrames),
  ]
  const tardis = tardisDecoder(venue)
  if (tardis !== undefined) entries.push(enter('tardis', tardis, frames))
  return { venue, frames, ccxtReadsToday: ccxtShape === undefined, entries }
}

function writeFrames(shape: FrameShape, connector: Connector, count: number): FeedFrame[] {
  const quote = firstQuote(connector)
  const batches = tradeBatches(connector.wireId, shape.most).take(count)
  return Array.from(batches, (batch, sequence) => {
    const { text, trades } = shape.write(batch, connector.toSymbol({ base: batch[0].base, quote }), sequence)
    // A text from a socket lies in one piece; one put together here would be flattened by its first reader.
    return { text: Buffer.from(text).toString(), trades }
  })
}

const firstQuote = ({ quotes }: Connector): string => quotes[0] ?? ''

function enter(name: DecoderName, decoder: FrameDecoder, frames: readonly FeedFrame[]): Entry {
  const texts = frames.map(({ text }) => text)
  return { name, decoder, frames, unitsPerPass: texts.length, pass: () => decoder.decodeAll(texts) }
}

/** Says which frame of a match a decoder reads wrongly, if there is one: no trade may be missing, and each price is the frame's. */
export function findWrong({ venue, entries }: VenueMatch): string | undefined {
  for (const { name, decoder, frames } of entries) {
    if (decoder.read === undefined) continue
    for (const { text, trades } of frames) {
      const read = decoder.read(text)
      if (!sameTrades(read, trades)) return `${name} reads ${JSON.stringify(read)} from the ${venue} frame ${text}`
    }
  }
  return undefined
}

/** Whatever the order, as libraries turn lists round. A price that a library made a number of is compared as a number. */
function sameTrades(read: readonly ReadTrade[], written: FeedFrame['trades']): boolean {
  if (read.length !== written.length) return false
  return written.every(({ id, price }) => {
    const found = read.find((trade) => trade.id === id)?.price
    return found === (typeof found === 'number' ? Number(price) : price)
  })
}
