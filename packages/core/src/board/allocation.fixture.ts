const rounds = 31
const callsEach = 10_000

/** Bytes of heap that a call takes, at the median of many rounds, so that neither a collection nor the compiler counts. */
export function bytesPerCall(call: () => void): number {
  const taken: number[] = []
  for (let round = 0; round < 2 * rounds; round++) {
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < callsEach; i++) call()
    const after = process.memoryUsage().heapUsed
    // The first half only makes the code hot.
    if (round >= rounds) taken.push((after - before) / callsEach)
  }
  return taken.toSorted((a, b) => a - b)[rounds >> 1] ?? 0
}
