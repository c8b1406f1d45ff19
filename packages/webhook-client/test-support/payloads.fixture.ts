import { randomInt } from 'node:crypto'

/** Random numbers from a seed, the same on every machine (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The seed of a run: printed by the test, repeated by `WEBHOOK_SEED`. */
export function runSeed(): number {
  return Number(process.env.WEBHOOK_SEED ?? randomInt(2 ** 32))
}

/** Alphabets from plain to astral, escapes and controls among them. */
const alphabets = [
  (random: () => number) => 0x20 + Math.floor(random() * 0x5f),
  (random: () => number) => Math.floor(random() * 0x20),
  (random: () => number) => 0x80 + Math.floor(random() * 0x700),
  (random: () => number) => 0xe000 + Math.floor(random() * 0x2000),
  (random: () => number) => 0x1_0000 + Math.floor(random() * 0x10_0000),
  (random: () => number) => '"\\/{}[],:\u2028\u2029\ufeff\0'.codePointAt(Math.floor(random() * 13)) ?? 0,
]

/** A text of up to 200 characters; each twentieth is empty and each hundredth of 20 kB. */
export function randomPayload(random: () => number): string {
  const kind = random()
  if (kind < 0.05) return ''
  const length = kind > 0.99 ? 20_000 : 1 + Math.floor(random() * 200)
  const mixed = random() < 0.5
  let alphabet = alphabets[Math.floor(random() * alphabets.length)]
  let text = ''
  while (text.length < length) {
    if (mixed) alphabet = alphabets[Math.floor(random() * alphabets.length)]
    text += String.fromCodePoint(alphabet?.(random) ?? 0)
  }
  return random() < 0.3 ? JSON.stringify({ type: 'test', text }) : text
}
