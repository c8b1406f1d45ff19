import type { BenchReport } from '../bench.ts'
import { goalText } from '../goals.ts'
import { type Spread, spreadOf, threeDigits } from '../statistics.ts'
import { type BodyForm, type VerifierName, verifierNames } from './verifiers.ts'

/** What a verifier did in one round. */
export interface Speeds {
  /** Verifications per second. */
  readonly perSecond: number
  /** Verifications per second of CPU time of the whole process, WebCrypto's threads included. */
  readonly perCpuSecond: number
}

/** One size of event and form of body, in every round. */
export interface VerifyCase {
  readonly prices: number
  readonly form: BodyForm
  readonly rounds: Readonly<Record<VerifierName, Speeds>>[]
}

interface VerifyRow {
  readonly prices: number
  readonly form: BodyForm
  readonly per_second: Readonly<Record<VerifierName, Spread>>
  readonly per_cpu_second: Readonly<Record<VerifierName, Spread>>
  readonly verify_vs_standardwebhooks: Spread
  readonly verify_vs_standardwebhooks_cpu: Spread
}

/** Each round has its ratio; the median of them is quoted. */
export function reportVerify(cases: readonly VerifyCase[]): BenchReport {
  const rows = cases.map(verifyRow)
  const ratio = (prices: number, name: 'verify_vs_standardwebhooks' | 'verify_vs_standardwebhooks_cpu'): number =>
    threeDigits(rows.find((row) => row.prices === prices && row.form === 'bytes')?.[name].median ?? Number.NaN)
  const ratios = {
    verify_vs_standardwebhooks: ratio(5, 'verify_vs_standardwebhooks'),
    verify_vs_standardwebhooks_30: ratio(30, 'verify_vs_standardwebhooks'),
    verify_vs_standardwebhooks_1: ratio(1, 'verify_vs_standardwebhooks'),
    verify_vs_standardwebhooks_cpu: ratio(5, 'verify_vs_standardwebhooks_cpu'),
    verify_vs_standardwebhooks_cpu_30: ratio(30, 'verify_vs_standardwebhooks_cpu'),
    verify_vs_standardwebhooks_cpu_1: ratio(1, 'verify_vs_standardwebhooks_cpu'),
  }
  return {
    ratios,
    rows,
    table: [['event', 'body', ...verifierNames, 'ratio', 'per CPU'], ...rows.map(tableRow)],
    lines: [
      'Thousand verifications a second, 64 in flight: median [min–max] of the rounds. Ratios: trinity over standardwebhooks in the same round.',
      'webcrypto: one subtle.verify and JSON.parse, nothing else looked at. It wakes another thread for each check; trinity for those of a turn together.',
      'per CPU: the ratio per CPU-second of the whole process. Those quoted below are of bodies as bytes, as a server has them.',
      `verify_vs_standardwebhooks ${ratios.verify_vs_standardwebhooks} (5 prices); ${goalText('verify_vs_standardwebhooks', ratios.verify_vs_standardwebhooks)}`,
      `verify_vs_standardwebhooks_30 ${ratios.verify_vs_standardwebhooks_30} (30 prices); ${goalText('verify_vs_standardwebhooks_30', ratios.verify_vs_standardwebhooks_30)}`,
      `verify_vs_standardwebhooks_1 ${ratios.verify_vs_standardwebhooks_1} (1 price), without a goal: the hand-over to another thread decides there`,
    ],
  }
}

function verifyRow({ prices, form, rounds }: VerifyCase): VerifyRow {
  const spreads = (of: keyof Speeds): Record<VerifierName, Spread> => {
    const entries = verifierNames.map((name) => [name, spreadOf(rounds.map((round) => round[name][of]))])
    return Object.fromEntries(entries) as Record<VerifierName, Spread>
  }
  const ratios = (of: keyof Speeds): Spread =>
    spreadOf(rounds.map(({ trinity, standardwebhooks }) => threeDigits(trinity[of] / standardwebhooks[of])))
  return {
    prices,
    form,
    per_second: spreads('perSecond'),
    per_cpu_second: spreads('perCpuSecond'),
    verify_vs_standardwebhooks: ratios('perSecond'),
    verify_vs_standardwebhooks_cpu: ratios('perCpuSecond'),
  }
}

function tableRow(row: VerifyRow): string[] {
  const rates = verifierNames.map((name) => rangeText(row.per_second[name], (rate) => (rate / 1000).toFixed(1)))
  const ratios = [row.verify_vs_standardwebhooks, row.verify_vs_standardwebhooks_cpu].map((spread) => rangeText(spread, (found) => found.toFixed(2)))
  return [`${row.prices} ${row.prices === 1 ? 'price' : 'prices'}`, row.form, ...rates, ...ratios]
}

function rangeText({ median, min, max }: Spread, text: (figure: number) => string): string {
  return `${text(median)} [${text(min)}–${text(max)}]`
}
