import type { Connector } from '../../connector.ts'
import { demand, demandEqual } from '../check.ts'
import { type ConnectorFixtures, incomingFrames, showFrame } from '../fixtures.ts'
import { dropUnnamedFields } from './unnamed-fields.ts'
import { exactFault, sideFault, timesFault } from './decode-checks.ts'
import { type FrameCheck, type JudgedCheck, judge } from './judged-check.ts'

/**
 * Each frame means exactly what its fixture says. A frame whose fault another check names is left to that one, so that this one tells of what
 * has no other name.
 */
export function goldenCheck(connector: Connector, fixtures: ConnectorFixtures, pure: JudgedCheck, others: readonly FrameCheck[]): JudgedCheck {
  const run = (): void => {
    const frames = incomingFrames(fixtures)
    demand(
      frames.length > 0,
      'There are no fixtures. Write frames as the venue sends them into fixtures/*.jsonl, each with the events that it means.',
    )
    for (const { frame, events, line } of frames) {
      try {
        demandEqual(dropUnnamedFields(connector.decode(frame), events), events, `Fixture line ${line}, ${showFrame(frame)}`)
      } catch (error) {
        const hasTick = events.some(({ kind }) => kind === 'tick')
        const named = others.some((other) => (other.frame === undefined ? hasTick : other.frame === frame) && other.check.verdict() === 'fails')
        if (!named && [exactFault, timesFault, sideFault].every((faultOf) => faultOf(connector, frame) === undefined)) throw error
      }
    }
  }
  return judge({ name: 'golden: each frame means exactly what its fixture says', run }, [pure])
}
