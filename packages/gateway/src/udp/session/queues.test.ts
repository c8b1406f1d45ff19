import { assert, constantFrom, integer, property, array, record } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Queues } from './queues.ts'

describe('queues over nodes', () => {
  test('keep the order of arrival, renewal and removal like lists would', () => {
    const step = record({ act: constantFrom('add', 'remove', 'renew'), node: integer({ min: 1, max: 12 }), queue: integer({ min: 0, max: 2 }) })
    assert(
      property(array(step, { maxLength: 200 }), (steps) => {
        const queues = new Queues(12, 3)
        const lists: number[][] = [[], [], []]
        for (const { act, node, queue } of steps) {
          const home = lists.findIndex((list) => list.includes(node))
          if (act === 'add' && home === -1) {
            queues.add(queue, node)
            lists[queue]?.push(node)
          } else if (act !== 'add' && home !== -1) {
            const rest = (lists[home] ?? []).filter((other) => other !== node)
            lists[home] = act === 'renew' ? [...rest, node] : rest
            if (act === 'renew') queues.renew(home, node)
            else queues.remove(home, node)
          }
          expect(lists.map((_, i) => queues.length(i))).toEqual(lists.map((list) => list.length))
          expect(lists.map((_, i) => queues.oldest(i))).toEqual(lists.map((list) => list[0] ?? 0))
        }
        // Emptied from the oldest end, every node comes out in its place.
        for (const [i, list] of lists.entries()) {
          for (const node of list) {
            expect(queues.oldest(i)).toBe(node)
            queues.remove(i, node)
          }
          expect(queues.length(i)).toBe(0)
        }
      }),
    )
  })
})
