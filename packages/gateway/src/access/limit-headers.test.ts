import { Gate, KeyReader, KeyTable, type Plan, plans } from '@trinity/core'
import { expect, test } from 'vitest'
import { keyEntry } from '../../test-support/test-keys.fixture.ts'
import { limitHeaders, limitPolicy, wholeSeconds } from './limit-headers.ts'

const noon = Date.UTC(2026, 10, 30, 12)

function openGate(plan: Plan): { reader: KeyReader; gate: Gate; row: number } {
  const table = new KeyTable(4)
  table.put(keyEntry('other', { plan: plans.enterprise }))
  const row = table.put(keyEntry('k', { plan }))
  return { reader: new KeyReader(table.buffer), gate: new Gate(table.buffer), row }
}

test('a policy tells rate, burst and month, in structured fields', () => {
  expect(limitPolicy(plans.free)).toBe('"default";q=1;w=1;burst=5, "month";q=1000')
  expect(limitPolicy(plans.unlimited)).toBe('"default";q=100;w=1;burst=200')
  expect(limitPolicy({ ...plans.partner, monthlyQueries: 7 })).toBe('"month";q=7')
  expect(limitPolicy(plans.partner)).toBe('')
})

test('the headers tell what is left and when all of it is back', () => {
  const { reader, gate, row } = openGate(plans.pro)
  gate.admit(row, 1000, noon)
  expect(limitHeaders(reader, row, gate)).toEqual({
    'ratelimit-policy': '"default";q=10;w=1;burst=20, "month";q=50000',
    ratelimit: '"default";r=19;t=1, "month";r=49999;t=43200',
  })
  for (let i = 0; i < 30; i++) gate.admit(row, 1000, noon)
  expect(limitHeaders(reader, row, gate)?.ratelimit).toBe('"default";r=0;t=2, "month";r=49980;t=43200')
  gate.admit(row, 61_000, noon + 1)
  expect(limitHeaders(reader, row, gate)?.ratelimit).toBe('"default";r=19;t=1, "month";r=49979;t=43200')
})

test('each row has the policy of its own plan', () => {
  const { reader, gate, row } = openGate(plans.free)
  const policies = [row, 0, row, 0].map((each) => {
    gate.admit(each, 1000, noon)
    return limitHeaders(reader, each, gate)?.['ratelimit-policy']
  })
  const [free, enterprise] = ['"default";q=1;w=1;burst=5, "month";q=1000', '"default";q=50;w=1;burst=100, "month";q=500000']
  expect(policies).toEqual([free, enterprise, free, enterprise])
})

test('a key without limits has no such headers, nor has one that was revoked', () => {
  const { reader, gate, row } = openGate(plans.partner)
  gate.admit(row, 1000, noon)
  expect(limitHeaders(reader, row, gate)).toBeUndefined()
  gate.admit(3, 1000, noon)
  expect(limitHeaders(reader, 3, gate)).toBeUndefined()
})

test('seconds are whole and never too few', () => {
  expect([0, 1, 999, 1000, 1001, 2_678_400_000].map(wholeSeconds)).toEqual([0, 1, 1, 1, 2, 2_678_400])
})
