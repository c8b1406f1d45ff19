import { isDeepStrictEqual } from 'node:util'

/** One property that an implementation must have. Any test runner can loop over checks; a broken one throws an Error. */
export interface Check {
  readonly name: string
  run(): void | Promise<void>
}

/** @throws Error with these words unless the condition holds. */
export function demand(condition: boolean, words: string | (() => string)): asserts condition {
  if (!condition) throw new Error(typeof words === 'string' ? words : words())
}

/** @throws Error that shows both unless they are equal as JSON; fields that are undefined count as absent. */
export function demandEqual(actual: unknown, expected: unknown, what: string): void {
  const plain = toPlain(actual)
  demand(isDeepStrictEqual(plain, toPlain(expected)), () => `${what}:\n  expected ${show(expected)}\n  but got  ${show(plain)}`)
}

/** A value in one line, cut where it gets long. */
export function show(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  return text.length > 600 ? `${text.slice(0, 600)}… (${text.length} characters)` : text
}

function toPlain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}
