import { expect, test } from 'vitest'
import { playHistories } from '../testing/history/history.ts'
import { chooseSeed } from '../testing/seeded-random.ts'

const histories = 10_000

test(`${histories} random histories of trades, readings, halts and clock steps against the truth`, async () => {
  const seed = chooseSeed()
  const { violations, overcautious, judged, fresh } = await playHistories(seed, histories)
  console.log(
    `seeds from ${seed}: ${histories} histories, ${judged} prices compared with the truth, ${fresh} of them fresh, ${violations.length} wrong, ` +
      `${overcautious.length} older than the node could have known`,
  )
  for (const line of overcautious.slice(0, 20)) console.log(line)
  expect(violations).toEqual([])
  expect(overcautious).toEqual([])
})
