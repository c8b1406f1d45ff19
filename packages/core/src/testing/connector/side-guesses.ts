import type { Connector, Tick } from '../../connector.ts'
import { demand } from '../check.ts'
import { type ConnectorFixtures, incomingFrames, showFrame } from '../fixtures.ts'
import { type Place, places } from '../fuzz/hostile-frames.ts'
import { eventsOf } from './decode-checks.ts'
import { type JudgedCheck, judge } from './judged-check.ts'

/** How venues write sides, as JSON. */
const sideWords: readonly string[] =
  'true,false,-1,0,1,2,"0","1","2","b","B","s","S","buy","Buy","BUY","sell","Sell","SELL","bid","Bid","BID","ask","Ask","ASK"'.split(',')

/** Values that say no side, as JSON. */
const noSides: readonly string[] = ['"neither"', 'null']

/** A place in a frame that decides on the sides of some of its ticks. */
interface SidePlace {
  readonly frame: string
  readonly place: Place
  /** Of those ticks. */
  readonly indexes: readonly number[]
}

/** No tick has a side any more once the place that decides on it says none. */
export function sideGuessCheck(connector: Connector, fixtures: ConnectorFixtures, side: JudgedCheck): JudgedCheck {
  return judge({ name: 'side: a trade whose frame does not say it has none', run: () => checkGuesses(connector, fixtures) }, [side])
}

function checkGuesses(connector: Connector, fixtures: ConnectorFixtures): void {
  const deciding = incomingFrames(fixtures).map(({ frame }) => sidePlaces(connector, frame))
  // A venue may leave out one of its two words: then fixtures have a side that nothing in their frame decides on.
  const isLeftOut = incomingFrames(fixtures).some(({ events }, i) => {
    const decided = new Set(deciding[i]?.flatMap(({ indexes }) => indexes))
    return events.filter((event) => event.kind === 'tick').some(({ side }, index) => side !== undefined && !decided.has(index))
  })
  for (const { frame, place, indexes } of deciding.flat()) {
    const sides = sidesOf(connector, frame)
    const silent = noSides.map((json) => place.put(json))
    if (!isLeftOut && place.removed !== undefined) silent.push(place.removed)
    for (const other of silent) {
      const after = sidesOf(connector, other)
      const guess = after.length === sides.length ? indexes.map((index) => after[index]).find((side) => side !== undefined) : undefined
      demand(
        guess === undefined,
        () => `The side '${guess}' is a guess: nothing says it in ${showFrame(other)}. Leave it out for any word but the two.`,
      )
    }
  }
}

function sidePlaces(connector: Connector, frame: string): readonly SidePlace[] {
  const sides = sidesOf(connector, frame)
  if (sides.every((side) => side === undefined)) return []
  return [...places(frame)].flatMap((place) => {
    const variants = sideWords.map((json) => sidesOf(connector, place.put(json))).filter(({ length }) => length === sides.length)
    const indexes = [...sides.keys()].filter((i) => variants.some((variant) => variant[i] !== undefined && variant[i] !== sides[i]))
    return indexes.length === 0 ? [] : [{ frame, place, indexes }]
  })
}

function sidesOf(connector: Connector, frame: string): readonly Tick['side'][] {
  return eventsOf(connector, frame).flatMap((event) => (event.kind === 'tick' ? [event.side] : []))
}
