import { describe, expect, test } from 'vitest'
import { runStorm } from './test-support/run-storm.fixture.ts'
import { transportKinds } from './test-support/transport-rig.fixture.ts'

describe.runIf(process.platform === 'linux').each(transportKinds)('%s transport', (kind) => {
  test('regression: workers that end under load, in any way, leave process and descriptors alone', async () => {
    const seed = Date.now() % 1_000_000
    const { ended, answered, descriptorsBefore, descriptorsAfter } = await runStorm(kind, 10, seed)
    expect(ended).toBe(10)
    expect(answered, `seed ${seed}`).toBeGreaterThan(0)
    expect(descriptorsAfter, `seed ${seed}`).toBe(descriptorsBefore)
  })
})
