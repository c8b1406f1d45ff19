import type { SimulatorDialect } from '../../simulation/dialect.ts'
import type { Check } from '../check.ts'
import { answerChecks } from './answer-checks.ts'
import { askingChecks } from './asking-checks.ts'
import { bodyChecks } from './body-checks.ts'
import type { SimulatorEvidence } from './evidence.ts'
import { quoteChecks } from './quote-checks.ts'
import { shapeChecks } from './shape-checks.ts'
import { sideChecks } from './side-checks.ts'
import { signChecks } from './sign-checks.ts'
import { tradeChecks } from './trade-checks.ts'

/** Everything that must hold of a simulator, so that what passes against it has a chance against the venue. */
export function simulatorChecks(dialect: SimulatorDialect, evidence: SimulatorEvidence): readonly Check[] {
  return [
    ...askingChecks(dialect),
    ...answerChecks(dialect, evidence),
    ...tradeChecks(dialect, evidence),
    ...sideChecks(dialect),
    ...quoteChecks(dialect),
    ...signChecks(dialect, evidence),
    ...bodyChecks(dialect),
    ...shapeChecks(dialect, evidence),
  ]
}
