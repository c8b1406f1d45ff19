import { Gate, KeyReader, KeyTable, UsageRecorder } from '@trinity/core'
import { expect, test } from 'vitest'
import { keyEntry } from '../../test-support/test-keys.fixture.ts'
import { createRegion } from '../serving/shared-state.ts'
import { CallerDoor } from '../access/caller-door.ts'
import { StreamMeter } from './stream-meter.ts'

test('a stream whose key was revoked between its admission and its opening ends at the first look', () => {
  const table = new KeyTable(16)
  const row = table.put(keyEntry('one'))
  const door = new CallerDoor({ keys: new KeyReader(table.buffer), gate: new Gate(table.buffer), clock: { wall: () => 0 }, monotonicMs: () => 0 })
  const meter = new StreamMeter(door, new UsageRecorder(createRegion().usage, () => undefined))
  expect(meter.renew(meter.open(row, 0), 1000)).toBeUndefined()
  expect(door.admit(row)).toBeUndefined()
  table.revoke(row)
  expect(meter.renew(meter.open(row, 0), 1000)).toMatchObject({ code: 'TRN_KEY_REVOKED' })
})
