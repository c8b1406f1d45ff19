import { expect, test } from 'vitest'
import { CounterBlock, createCounters } from './counters.ts'

const names = ['received', 'answered', 'refused'] as const

test('counters are taken by name, once, and those at zero not at all', () => {
  const buffer = createCounters(names.length)
  const writer = new CounterBlock(buffer, names)
  const drain = (): Record<string, number> => {
    const taken: Record<string, number> = {}
    new CounterBlock(buffer, names).drain((name, count) => (taken[name] = count))
    return taken
  }
  writer.add(writer.indexOf('received'), 2)
  writer.add(0, 1)
  writer.add(writer.indexOf('refused'), 0xffff_ffff)
  expect(drain()).toEqual({ received: 3, refused: 0xffff_ffff })
  expect(drain()).toEqual({})
  writer.add(1, 1)
  expect(drain()).toEqual({ answered: 1 })
})

test('what is added while counters are taken leaves the first no smaller than those after it', () => {
  const block = new CounterBlock(createCounters(names.length), names)
  const taken: string[] = []
  const addBoth = (): void => [0, 1].forEach((index) => block.add(index, 1))
  addBoth()
  block.drain((name) => {
    taken.push(name)
    if (name === 'answered') addBoth()
  })
  expect(taken).toEqual(['answered', 'received'])
  block.drain((name, count) => taken.push(`${name} ${count}`))
  expect(taken.slice(2)).toEqual(['answered 1'])
})
