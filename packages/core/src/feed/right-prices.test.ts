import { expect, test } from 'vitest'
import { playHistory } from '../testing/history/history.ts'
import { chooseSeed } from '../testing/seeded-random.ts'

const histories = 300

test(
  `${histories} random histories: what is served is the newest trade that was shown, and never younger than it is`,
  { timeout: 120_000 },
  async () => {
    const firstSeed = chooseSeed()
    const violations: string[] = []
    let judged = 0
    let fresh = 0
    for (let i = 0; i < histories; i++) {
      const report = await playHistory(firstSeed + i)
      violations.push(...report.violations)
      judged += report.judged
      fresh += report.fresh
    }
    console.log(`seeds from ${firstSeed}: ${judged} prices, ${fresh} of them fresh`)
    expect(violations.slice(0, 20)).toEqual([])
  },
)
