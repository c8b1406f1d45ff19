import type { Mutation } from './mutation.ts'
import { runTests } from './run-tests.ts'
import { Workplace } from './workplace.ts'

/** What came of a mutation. */
export interface MutationResult {
  readonly mutation: Mutation
  /** The test that noticed; empty where the time was up; undefined where none did. */
  readonly noticedBy: string | undefined
}

/** For one change: several times what the slowest tests take. Some changes make them wait for ever. */
const limitMs = 60_000
const baselineMs = 600_000

/**
 * Tries each change alone, each with its own tests, in copies of the sources.
 * @param copies how many at a time
 * @throws when a change can't be tried, or when tests fail without any
 */
export async function runMutations(
  mutations: readonly Mutation[],
  copies: number,
  onResult: (result: MutationResult) => void,
): Promise<readonly MutationResult[]> {
  const workplaces = Array.from({ length: copies }, () => new Workplace())
  try {
    const [first] = workplaces
    if (first === undefined) return []
    demandFlawless(first, mutations)
    await demandPassing(first, mutations)
    const results: MutationResult[] = []
    const waiting = mutations.values()
    const work = async (workplace: Workplace): Promise<void> => {
      for (const mutation of waiting) {
        const result = { mutation, noticedBy: await tryMutation(workplace, mutation) }
        results.push(result)
        onResult(result)
      }
    }
    await Promise.all(workplaces.map(work))
    return results
  } finally {
    await Promise.all(workplaces.map((workplace) => workplace.remove()))
  }
}

/** The list follows the sources: a change whose text is gone would otherwise never be missed. */
function demandFlawless(workplace: Workplace, mutations: readonly Mutation[]): void {
  const flaws = mutations.flatMap((mutation) => {
    const flaw = workplace.flawOf(mutation)
    return flaw === undefined ? [] : [`${mutation.name}: ${flaw}`]
  })
  if (flaws.length > 0) throw new Error(`The list of changes has to follow the sources.\n${flaws.join('\n')}`)
}

/** Where tests fail anyway, a failure says nothing of a change. Those that measure threads may fail once on a busy machine. */
async function demandPassing({ folder }: Workplace, mutations: readonly Mutation[]): Promise<void> {
  const outcome = await runTests(folder, [...new Set(mutations.flatMap(({ tests }) => tests))], baselineMs, 2)
  if (outcome.state === 'failed') throw new Error(`Tests fail without any change: ${outcome.by}`)
  if (outcome.state === 'broken') throw new Error(`Tests don't run without any change: ${outcome.why}`)
}

async function tryMutation(workplace: Workplace, mutation: Mutation): Promise<string | undefined> {
  const takeBack = workplace.apply(mutation)
  try {
    let outcome = await runTests(workplace.folder, mutation.tests, limitMs)
    // On a busy machine the runner itself may fail.
    if (outcome.state === 'broken') outcome = await runTests(workplace.folder, mutation.tests, limitMs)
    if (outcome.state === 'broken') throw new Error(`${mutation.name}: its tests don't run: ${outcome.why}`)
    return outcome.state === 'failed' ? outcome.by : undefined
  } finally {
    takeBack()
  }
}
