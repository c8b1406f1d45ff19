import type { Ledger } from '../stress/measure/ledger.ts'

/** What a progress bar shows of a level. */
export interface ShownProgress {
  readonly level: number
  readonly levels: number
  readonly protocol: string
  /** As 21,000 outstanding, or 500 a second. */
  readonly load: string
  /** 0 to 1. */
  readonly share: number
  readonly ledgers: readonly Ledger[]
}

const barWidth = 24

/** One line of what a level has done so far. */
export function progressLine({ level, levels, protocol, load, share, ledgers }: ShownProgress): string {
  const done = Math.round(Math.min(1, Math.max(0, share)) * barWidth)
  const counts = ledgers.map((ledger) => ledger.counts)
  const sum = (of: 'answered' | 'refused' | 'lost'): string => counts.reduce((all, one) => all + one[of], 0).toLocaleString('en-US')
  const bar = `[${'█'.repeat(done)}${'·'.repeat(barWidth - done)}]`
  return `${bar} level ${level} of ${levels}, ${protocol}, ${load}: ${sum('answered')} answered, ${sum('refused')} refused, ${sum('lost')} lost`
}

/** Shows a line in place of the one before, where a terminal is there to see it. */
export function showProgress(progress: ShownProgress, stream: NodeJS.WriteStream = process.stderr): void {
  if (!stream.isTTY) return
  stream.write(`${clearCode}${progressLine(progress).slice(0, Math.max(20, stream.columns - 1))}`)
}

/** Takes the progress line away. */
export function clearProgress(stream: NodeJS.WriteStream = process.stderr): void {
  if (stream.isTTY) stream.write(clearCode)
}

const clearCode = '\r\u001b[2K'
