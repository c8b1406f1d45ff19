import type { Connector, Frame, Tick } from '../../connector.ts'
import { isDecimalText, isPriceText } from '../../decimal.ts'
import { frameText } from '../../frame/read-object.ts'
import { demand, demandEqual, show } from '../check.ts'
import { hostileFrames, replacedLeaves, truncations } from '../fuzz/hostile-frames.ts'
import { type ConnectorFixtures, incomingFrames, showFrame } from '../fixtures.ts'
import { frameTokens } from '../tokens.ts'
import { eventsOf, inexactWords, isSaneTime, isSide } from './decode-checks.ts'
import { type JudgedCheck, judge } from './judged-check.ts'

const truncationPoints = 200
const leavesPerFrame = 60

/** Frames that no venue sends on purpose must neither throw nor become a price. */
export function hostileChecks(
  connector: Connector,
  fixtures: ConnectorFixtures,
  { pure, exact, times, side }: Record<'pure' | 'exact' | 'times' | 'side', JudgedCheck>,
): readonly JudgedCheck[] {
  const decode = (frame: Frame): readonly unknown[] => connector.decode(frame)
  const frames = (): readonly string[] => incomingFrames(fixtures).map(({ frame }) => frame)
  const shapes = judge({
    name: 'hostile: frames of other shapes, sizes and bytes never throw and never tick',
    run: () => checkNothingFrom(decode, hostileFrames),
  })
  const truncated = judge(
    {
      name: 'hostile: a truncated frame never throws and never ticks',
      run: () => {
        for (const frame of frames()) if (isJson(frame)) checkNothingFrom(decode, truncations(frame, truncationPoints))
      },
    },
    [pure, shapes],
  )
  const replaced = judge(
    {
      name: 'hostile: a wrong value in any place of a frame never throws and ticks only what the frame says',
      run: () => {
        for (const frame of frames()) for (const hostile of replacedLeaves(frame, leavesPerFrame)) checkHonest(decode, hostile)
      },
    },
    [truncated, exact, times, side],
  )
  const bytes = judge({ name: 'hostile: a frame that comes as bytes means the same or nothing', run: () => checkBytes(connector, frames()) }, [
    pure,
    shapes,
  ])
  return [shapes, truncated, replaced, bytes]
}

function checkBytes(connector: Connector, frames: readonly string[]): void {
  for (const frame of frames) {
    const asText = eventsOf(connector, frame)
    // A frame that throws as text too is another check's.
    if (asText.length === 0) continue
    const asBytes = decodeOrDemand((bytes) => connector.decode(bytes), Buffer.from(frame))
    if (asBytes.length > 0) demandEqual(asBytes, asText, `As bytes ${showFrame(frame)}`)
  }
}

/** Demands that none of the frames throws or gives a tick. */
export function checkNothingFrom(decode: (frame: Frame) => readonly unknown[], frames: Iterable<Frame>): void {
  for (const frame of frames) {
    const tick = checkHonest(decode, frame)[0]
    demand(tick === undefined, () => `A tick ${show(tick)} came out of ${showFrame(frame)}.`)
  }
}

/** The ticks of a frame; demands that decoding does not throw and that each tick can be believed. */
export function checkHonest(decode: (frame: Frame) => readonly unknown[], frame: Frame): readonly Tick[] {
  const events = decodeOrDemand(decode, frame)
  demand(Array.isArray(events), () => `decode gave ${show(events)} and no array for ${showFrame(frame)}.`)
  const ticks = events.filter(isTick)
  if (ticks.length === 0) return ticks
  for (const tick of ticks) {
    const wrong = wrongField(tick)
    demand(wrong === undefined, () => `The tick ${show(tick)} has a wrong ${wrong}, in ${showFrame(frame)}.`)
  }
  // An id may be a number, and then a hostile `-0` or `1.0` reads as a whole one.
  const words = inexactWords(ticks, frameTokens(frameText(frame)), ['price', 'size'])
  demand(words === undefined, () => `${words} in ${showFrame(frame)}.`)
  return ticks
}

function decodeOrDemand(decode: (frame: Frame) => readonly unknown[], frame: Frame): readonly unknown[] {
  try {
    return decode(frame)
  } catch (error) {
    throw new Error(`decode threw '${String(error)}' on ${showFrame(frame)}.`, { cause: error })
  }
}

function isTick(event: unknown): event is Tick {
  return typeof event === 'object' && event !== null && (!('kind' in event) || event.kind === 'tick')
}

/** Name of the first field that a tick must not have in this form. */
export function wrongField(tick: Tick): string | undefined {
  const { kind, symbol, price, size, at, id, backfill, side, madeAt } = tick as { readonly [field in keyof Tick]: unknown }
  if (kind !== 'tick') return 'kind'
  if (typeof symbol !== 'string' || symbol === '') return 'symbol'
  if (typeof price !== 'string' || !isPriceText(price)) return 'price'
  if (size !== undefined && !(typeof size === 'string' && isDecimalText(size))) return 'size'
  if (at !== undefined && !(typeof at === 'number' && isSaneTime(at))) return 'time'
  if (madeAt !== undefined && !(typeof madeAt === 'number' && isSaneTime(madeAt))) return 'time of its row'
  if (id !== undefined && !(typeof id === 'string' && id !== '')) return 'id'
  if (!isSide(side)) return 'side'
  return typeof backfill === 'boolean' ? undefined : 'backfill mark'
}

function isJson(frame: string): boolean {
  try {
    return typeof JSON.parse(frame) === 'object'
  } catch {
    return false
  }
}
