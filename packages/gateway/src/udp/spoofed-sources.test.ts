import { expect, test } from 'vitest'
import { RigClient, sourceOf } from '../../test-support/udp/udp-client.fixture.ts'
import { UdpRig } from '../../test-support/udp/udp-rig.fixture.ts'
import { batchSlots, slotBytes, sourceWords } from './transport/transport.ts'

const sources = 1_000_000
const allowedBytes = 64 * 1024 * 1024

test('a million forged senders cost no more memory than one', () => {
  const rig = new UdpRig()
  rig.keys.add('spoofed key')
  const { batch } = rig
  const { bytes } = new RigClient(rig, 'spoofed key').open().query('BTC')
  const before = process.memoryUsage.rss()
  for (let i = 0; i < batchSlots; i++) batch.memory.set(bytes, batch.rxStart + i * slotBytes)
  batch.rxLength.fill(bytes.length)
  batch.source.set(sourceOf('10.0.0.0', 1))
  batch.end = batchSlots
  for (let sender = 0; sender < sources; sender += batchSlots) {
    for (let i = 0; i < batchSlots; i++) batch.source.set([0, 0, 0xffff, Math.imul(sender + i, 0x9e3779b1), 53], i * sourceWords)
    batch.txLength.fill(0)
    rig.service.handle(batch)
  }
  expect(process.memoryUsage.rss() - before).toBeLessThan(allowedBytes)
  expect(rig.totals().received).toBe(1 + sources)
  expect(rig.count('no_session')).toBeGreaterThan(0.9 * sources)
})
