import type { Random } from '../../clock.ts'
import type { Frame } from '../../connector.ts'
import { frameText } from '../../frame/read-object.ts'
import type { Fault } from './fault.ts'
import { moveDot } from './move-dot.ts'

const deepJson = '['.repeat(100_000) + ']'.repeat(100_000)

/** Faults of what frames of trades say as texts. */
export const frameFaults: readonly Fault[] = [
  spoiling('malformed-json', 'Every second frame of trades has a character too many somewhere.', (text, random) => {
    const at = Math.floor(random() * text.length)
    return [`${text.slice(0, at)}}${text.slice(at)}`]
  }),
  spoiling('truncated-json', 'Every second frame of trades ends too early.', (text, random) => [text.slice(0, Math.floor(random() * text.length))]),
  spoiling('deep-json', 'Arrays nested 100,000 deep come before every second frame of trades.', (text) => [deepJson, text]),
  {
    name: 'crossed-book',
    sentence: 'After each trade comes a quote that nobody asked for, with a bid ten times above the price and an ask ten times below it.',
    layer: 'frame',
    leavesRest: true,
    runs: 'anywhere',
    keepsConnections: true,
    behaviour: { quotes: (last) => ({ bid: moveDot(last.price, 1), ask: moveDot(last.price, -1), last }) },
  },
  {
    name: 'sequence-gap',
    sentence: "A third of the frames of trades are lost, which only the venue's counter shows.",
    layer: 'frame',
    leavesRest: true,
    runs: 'anywhere',
    keepsConnections: true,
    behaviour: { loses: (random) => () => random() < 1 / 3 },
  },
]

function spoiling(name: string, sentence: string, spoil: (text: string, random: Random) => readonly string[]): Fault {
  const frames =
    (random: Random) =>
    (frame: Frame): readonly Frame[] =>
      random() < 0.5 ? [frame] : spoil(frameText(frame), random)
  return { name, sentence, layer: 'frame', leavesRest: true, runs: 'anywhere', keepsConnections: true, behaviour: { frames } }
}
