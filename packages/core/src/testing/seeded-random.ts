import type { Random } from '../clock.ts'

/** The same numbers for the same seed, evenly spread over [0, 1); mulberry32. Not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

/** `TRINITY_SEED` when it is set, so that a failed run can be repeated; else a new one each time. */
export function chooseSeed(env: Readonly<Record<string, string | undefined>> = process.env): number {
  const named = Number(env.TRINITY_SEED)
  return Number.isSafeInteger(named) && named > 0 ? named : Math.floor(Math.random() * 0x7fff_ffff) + 1
}
