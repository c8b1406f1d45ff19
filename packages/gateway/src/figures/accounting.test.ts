import { chooseSeed } from '@trinity/core/testing'
import { expect, test } from 'vitest'
import { account } from '../../test-support/load/accounting.fixture.ts'

test.runIf(process.platform === 'linux')(
  'every datagram sent is received or dropped by the kernel, and every one received has its outcome',
  async () => {
    const seed = chooseSeed()
    const plan = { transport: 'dgram', serveWorkers: 0, generators: 1, socketsEach: 4, durationMs: 1000, seed } as const
    const { sent, received, kernelDrops, answered, refused, discarded } = await account(plan)
    expect(received, `seed ${seed}`).toBe(answered + refused + discarded)
    expect(sent, `seed ${seed}`).toBe(received + kernelDrops)
    expect(Math.min(answered, refused, discarded)).toBeGreaterThan(0)
  },
)
