import type { Check } from '../check.ts'

/** A check that is made once, and that others can build on. */
export interface JudgedCheck extends Check {
  run(): void
  /** `open`: not judged, since something that it builds on does not hold. */
  verdict(): 'holds' | 'fails' | 'open'
}

/** A check of what frames of the fixtures make happen. */
export interface FrameCheck {
  readonly check: JudgedCheck
  /** The one that it is about; absent for one that is about all frames with trades. */
  readonly frame?: string
}

/**
 * A check that is judged only where those that it builds on hold, and passes without a judgement where one does not: so a fault fails the check
 * that names it and not all that would trip over it too.
 */
export function judge(check: { readonly name: string; run(): void }, on: readonly JudgedCheck[] = []): JudgedCheck {
  let outcome: { readonly error?: unknown } | undefined
  const isJudged = (): boolean => on.every((earlier) => earlier.verdict() === 'holds')
  const judged = (): { readonly error?: unknown } => (outcome ??= attempt(check.run))
  return {
    name: check.name,
    verdict: () => (!isJudged() ? 'open' : 'error' in judged() ? 'fails' : 'holds'),
    run() {
      if (!isJudged()) return
      const result = judged()
      if ('error' in result) throw result.error
    },
  }
}

function attempt(run: () => void): { readonly error?: unknown } {
  try {
    run()
    return {}
  } catch (error) {
    return { error }
  }
}
