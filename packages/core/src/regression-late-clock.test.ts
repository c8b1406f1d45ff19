import { expect, test, vi } from 'vitest'

const hrtimeMs = (): number => Number(process.hrtime.bigint()) / 1e6

test('a thread that had to wait while it set its clock has the same time as the others', async () => {
  const read = process.hrtime.bind(process)
  const spy = vi.spyOn(process, 'hrtime').mockImplementationOnce((since) => {
    const time = read(since)
    for (const end = performance.now() + 20; performance.now() < end;);
    return time
  })
  vi.resetModules()
  const { monotonicMs } = await import('./clock.ts')
  spy.mockRestore()
  const differences = Array.from({ length: 50 }, () => Math.abs(monotonicMs() - hrtimeMs()))
  expect(Math.min(...differences)).toBeLessThan(0.5)
})
