import type { BenchReport } from '../bench.ts'
import { type Spread, threeDigits } from '../statistics.ts'
import type { VerifyEntry } from './verify-bench.ts'

/** At least this many times the rate of npm standardwebhooks, by prices in the event. WebCrypto decides at one price. */
const goals: Readonly<Record<number, number>> = { 5: 0.7, 30: 1 }

interface VerifyRow {
  readonly prices: number
  readonly form: string
  readonly per_second: Readonly<Record<string, Spread>>
  readonly per_cpu_second: Readonly<Record<string, Spread>>
  readonly verify_vs_standardwebhooks: number
  readonly verify_vs_standardwebhooks_cpu: number
}

/** Ratios of medians. */
export function reportVerify(entries: readonly VerifyEntry[]): BenchReport {
  const cases = entries.filter(({ name }) => name === 'trinity')
  const rows = cases.map((own) => verifyRow(own, entries))
  const ratio = (prices: number, name: 'verify_vs_standardwebhooks' | 'verify_vs_standardwebhooks_cpu'): number =>
    rows.find((row) => row.prices === prices && row.form === 'bytes')?.[name] ?? Number.NaN
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
    table: [['event', 'body', 'trinity', 'standardwebhooks', 'WebCrypto alone', 'ratio', 'per CPU'], ...rows.map(tableRow)],
    lines: [
      'Thousand verifications a second, 64 in flight: median [min–max] of the rounds. Ratios are trinity over standardwebhooks, of medians.',
      'WebCrypto alone: one subtle.verify and JSON.parse, nothing else looked at. It hands each check to another thread, which small events pay for.',
      'per CPU: the same ratio per CPU-second of the whole process, which a busy machine disturbs less.',
      ...Object.entries(goals).map(([prices, goal]) => goalLine(Number(prices), goal, ratio(Number(prices), 'verify_vs_standardwebhooks'))),
      `verify_vs_standardwebhooks at 1 price ${ratios.verify_vs_standardwebhooks_1}, without a goal`,
    ],
  }
}

function verifyRow(own: VerifyEntry, entries: readonly VerifyEntry[]): VerifyRow {
  const { prices, form } = own
  const rivals = entries.filter((entry) => entry.prices === prices && (entry.form === form || entry.name === 'webcrypto'))
  const reference = rivals.find(({ name }) => name === 'standardwebhooks')
  const over = (of: (entry: VerifyEntry) => Spread): number =>
    threeDigits(of(own).median / (reference === undefined ? Number.NaN : of(reference).median))
  return {
    prices,
    form,
    per_second: Object.fromEntries(rivals.map(({ name, perSecond }) => [name, perSecond])),
    per_cpu_second: Object.fromEntries(rivals.map(({ name, perCpuSecond }) => [name, perCpuSecond])),
    verify_vs_standardwebhooks: over(({ perSecond }) => perSecond),
    verify_vs_standardwebhooks_cpu: over(({ perCpuSecond }) => perCpuSecond),
  }
}

function tableRow(row: VerifyRow): string[] {
  const { trinity, standardwebhooks, webcrypto } = row.per_second
  const ratios = [String(row.verify_vs_standardwebhooks), String(row.verify_vs_standardwebhooks_cpu)]
  return [`${row.prices} ${row.prices === 1 ? 'price' : 'prices'}`, row.form, ...[trinity, standardwebhooks, webcrypto].map(thousands), ...ratios]
}

function thousands(spread: Spread | undefined): string {
  if (spread === undefined) return '–'
  const [median, min, max] = [spread.median, spread.min, spread.max].map((rate) => (rate / 1000).toFixed(1))
  return `${median} [${min}–${max}]`
}

function goalLine(prices: number, goal: number, found: number): string {
  return `verify_vs_standardwebhooks at ${prices} prices ${found}; goal ${goal}: ${found >= goal ? 'met' : 'missed'}`
}
