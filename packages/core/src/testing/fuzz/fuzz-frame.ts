import type { Random } from '../../clock.ts'
import type { Frame } from '../../connector.ts'
import { hostileFrames, hostileValues } from './hostile-frames.ts'

const encoder = new TextEncoder()
const tokenPattern = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/g

/** Values of a length that keeps a million frames quick; the long ones have their turn among the whole hostile frames. */
const shortValues = hostileValues.filter((value) => value.length < 1000)

/** How often a frame that has nothing to do with the venue comes instead; some of them are a megabyte long. */
const strangerShare = 1 / 2000

type Change = (frame: string, seeds: readonly string[], random: Random) => string

/** What may happen to a frame; drawn with equal chance, several in a row. */
const changes: readonly Change[] = [
  // A value, or now and then a key, becomes something else.
  (frame, _, random) => replaceToken(frame, random, () => pick(shortValues, random)),
  (frame, _, random) => replaceToken(frame, random, (token) => bendNumber(token, random)),
  (frame, seeds, random) => replaceToken(frame, random, () => pickToken(pick(seeds, random), random)),
  (frame, _, random) => replaceToken(frame, random, (token) => (token.startsWith('"') ? token.slice(1, -1) || '0' : `"${token}"`)),
  // Pieces get lost, doubled or put elsewhere.
  (frame, _, random) => frame.slice(0, place(frame, random)),
  (frame, _, random) => frame.slice(place(frame, random)),
  (frame, _, random) => {
    const [from, to] = span(frame, random)
    return frame.slice(0, from) + frame.slice(to)
  },
  (frame, _, random) => {
    const [from, to] = span(frame, random)
    return frame.slice(0, to) + frame.slice(from)
  },
  (frame, seeds, random) => {
    const other = pick(seeds, random)
    return frame.slice(0, place(frame, random)) + other.slice(place(other, random))
  },
  (frame, seeds, random) => frame + pick(seeds, random),
  (frame, _, random) => `[${frame}${random() < 0.5 ? '' : `,${frame}`}]`,
  (frame, _, random) => {
    const at = place(frame, random)
    return frame.slice(0, at) + String.fromCharCode(Math.floor(random() * (random() < 0.8 ? 128 : 65_536))) + frame.slice(at + 1)
  },
]

/** A frame made from the seeds by a few random changes; one in ten stays whole, so that real trades run beside the broken ones. */
export function fuzzFrame(seedFrames: readonly string[], random: Random): Frame {
  if (random() < strangerShare) return pick(hostileFrames, random)
  let frame = pick(seedFrames, random)
  if (random() < 0.1) return frame
  const count = 1 + Math.floor(random() * 3)
  for (let i = 0; i < count; i++) frame = pick(changes, random)(frame, seedFrames, random)
  return random() < 0.1 ? breakBytes(frame, random) : frame
}

function pick<T>(items: readonly T[], random: Random): T {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('There is nothing to pick from.')
  return item
}

function place(frame: string, random: Random): number {
  return Math.floor(random() * (frame.length + 1))
}

function span(frame: string, random: Random): [from: number, to: number] {
  const from = place(frame, random)
  return [from, Math.min(frame.length, from + Math.floor(random() * 60))]
}

/** Replaces the token at or after a random place. */
function replaceToken(frame: string, random: Random, by: (token: string) => string): string {
  const found = tokenAt(frame, place(frame, random)) ?? tokenAt(frame, 0)
  if (found === undefined) return frame
  const { token, at } = found
  return frame.slice(0, at) + by(token) + frame.slice(at + token.length)
}

function pickToken(frame: string, random: Random): string {
  return (tokenAt(frame, place(frame, random)) ?? tokenAt(frame, 0))?.token ?? 'null'
}

function tokenAt(frame: string, from: number): { readonly token: string; readonly at: number } | undefined {
  tokenPattern.lastIndex = from
  const match = tokenPattern.exec(frame)
  return match === null ? undefined : { token: match[0], at: match.index }
}

/** The same number in another form, negative, shifted by powers of ten, or of many digits. */
function bendNumber(token: string, random: Random): string {
  const quote = token.startsWith('"') ? '"' : ''
  const digits = quote === '' ? token : token.slice(1, -1)
  const bent = pick(
    [
      `-${digits}`,
      `${digits}0`,
      `${digits}e5`,
      `${digits}e-${Math.floor(random() * 400)}`,
      `0${digits}`,
      `${digits}.${digits}`,
      digits.repeat(9),
      digits.slice(1),
      '0',
    ],
    random,
  )
  return quote + bent + quote
}

/** The frame as bytes, some of them broken, so that it is no UTF-8 any more. */
function breakBytes(frame: string, random: Random): Uint8Array {
  const bytes = encoder.encode(frame)
  for (let i = 0; i < 3 && bytes.length > 0; i++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
  return bytes
}
