import { chooseSeed } from '@trinity/core/testing'
import { expect, test } from 'vitest'
import { UdpFuzz } from '../../test-support/udp/udp-fuzz.fixture.ts'

test('100,000 random, mutated and replayed datagrams: each is answered by the rules or discarded, and counted', { timeout: 60_000 }, () => {
  const fuzz = new UdpFuzz(chooseSeed())
  while (fuzz.sent < 100_000) fuzz.step()
  expect(fuzz.answers.session).toBeGreaterThan(10_000)
  expect(fuzz.answers.hello).toBeGreaterThan(0)
  expect(fuzz.answers.stranger).toBeGreaterThan(0)
})
