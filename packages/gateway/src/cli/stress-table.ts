import type { ResultCounts, ResultLevel, StressResult } from '../stress/result.ts'
import { formatTable, paint } from './terminal.ts'

const titles = ['LEVEL', 'LOAD', 'TARGET', 'SENT', 'ANSWERED', 'FAILED', 'REFUSED', 'LOST', 'PER S', 'P50 MS', 'P90 MS', 'P99 MS']
const targetColumn = titles.indexOf('TARGET')
const firstCount = titles.indexOf('SENT')

/** A row for each target in each level, a row for each target over all levels, and what is worth saying of them. */
export function formatResult(result: StressResult): string {
  const rows = [
    ...result.levels.flatMap((level) =>
      level.targets.map((row) => [`${level.level}`, loadOf(level), nameOf(row), ...countsOf(row), perSecond(row), ...latencyOf(row)]),
    ),
    ...result.by_target.map((row) => ['all', '', nameOf(row), ...countsOf(row), '', ...latencyOf(row)]),
    ...(result.by_target.length > 1 ? [['all', '', 'all', ...countsOf(result.total), '', '', '', '']] : []),
  ]
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const align = (row: readonly string[]): string[] => row.map((cell, column) => (column === targetColumn ? cell : cell.padStart(widths[column] ?? 0)))
  const body = rows.map((row) => align(row).map((cell, column) => colour(column, row[column] ?? '', cell)))
  return [formatTable([align(titles).map((title) => paint('bold', title)), ...body]), ...notesOf(result)].join('\n')
}

/** What is wrong stands out. */
function colour(column: number, text: string, cell: string): string {
  const isBad = column > firstCount + 1 && column < titles.indexOf('PER S') && text !== '0'
  return isBad ? paint('yellow', cell) : cell
}

function nameOf({ protocol, target }: { readonly protocol: string; readonly target: string }): string {
  return protocol === 'udp' ? `udp ${target}` : target
}

function loadOf({ outstanding, rate_per_second: rate }: ResultLevel): string {
  return rate === null ? whole(outstanding) : `${rate < 10 ? threeDigits(rate) : whole(Math.round(rate))}/s`
}

function countsOf({ sent, answered, failed, refused, lost }: ResultCounts): string[] {
  return [sent, answered, failed, refused, lost].map(whole)
}

function perSecond(row: { readonly answers_per_second: number }): string {
  return row.answers_per_second < 10 ? threeDigits(row.answers_per_second) : whole(Math.round(row.answers_per_second))
}

function latencyOf({ latency_ms: { p50, p90, p99 } }: ResultCounts): string[] {
  return [p50, p90, p99].map((ms) => (ms === null ? '-' : threeDigits(ms)))
}

const busyFrom = 0.9

function notesOf({ levels, total, interrupted, by_target }: StressResult): string[] {
  const busy = levels.filter(({ targets }) => targets.some((row) => row.generator_busy >= busyFrom)).map(({ level }) => level)
  const reasons = by_target.flatMap((row) => Object.entries(row.reasons).map(([reason, count]) => `${nameOf(row)}: ${whole(count)} x ${reason}`))
  return [
    ...reasons,
    ...(total.unsent === 0
      ? []
      : [`${whole(total.unsent)} requests came due while nothing more could be under way, and were not sent before their level ended.`]),
    ...(busy.length === 0
      ? []
      : [`This process was busy for ${busyFrom * 100} % of the time and more at level ${busy.join(', ')}: it may be the limit, not the target.`]),
    ...(interrupted ? ['Ended early: the last level is not complete.'] : []),
  ]
}

function whole(value: number): string {
  return value.toLocaleString('en-US')
}

function threeDigits(value: number): string {
  return value >= 100 ? whole(Math.round(value)) : String(Number(value.toPrecision(3)))
}
