import { describe, expect, test } from 'vitest'
import { runStorm } from './test-support/run-storm.fixture.ts'
import { transportKinds } from './test-support/transport-rig.fixture.ts'

describe.runIf(process.platform === 'linux').each(transportKinds)('%s transport', (kind) => {
  test('100 workers started and ended under load', async () => {
    const seed = Date.now() % 1_000_000
    const report = await runStorm(kind, 100, seed)
    console.log(`${kind}, seed ${seed}: ${JSON.stringify(report)}`)
    expect(report).toMatchObject({ ended: 100, descriptorsAfter: report.descriptorsBefore })
    expect(report.answered).toBeGreaterThan(1000)
  })
})
