import type { BenchReport } from '../bench.ts'
import { goalText } from '../goals.ts'
import { type Spread, geometricMean, threeDigits } from '../statistics.ts'
import type { DecoderName, Entry, VenueMatch } from './venue-match.ts'

/** The product's rate over that of a reference; the first two have a goal. */
const references = { decode_vs_ccxt: 'ccxt', decode_vs_json_parse: 'json_parse', decode_vs_ccxt_fresh: 'ccxt_fresh' } as const
type RatioName = keyof typeof references

interface FeedRow extends Readonly<Record<RatioName, number>> {
  readonly venue: string
  readonly frame_bytes: number
  readonly trades_per_frame: number
  /** Whether ccxt had the very frames of the others, or the same trades in an older protocol. */
  readonly ccxt_reads_today: boolean
  readonly frames_per_cpu_second: Readonly<Partial<Record<DecoderName, Spread>>>
}

/** Ratios of medians for each venue, and their geometric means. */
export function reportFeed(matches: readonly VenueMatch[], rates: ReadonlyMap<Entry, Spread>): BenchReport {
  const rows = matches.map((match) => feedRow(match, rates))
  const older = rows.filter((row) => !row.ccxt_reads_today).map(({ venue }) => venue)
  const sameFrames = rows.filter((row) => row.ccxt_reads_today)
  const ratios = {
    decode_vs_ccxt: meanRatio(rows, 'decode_vs_ccxt'),
    decode_vs_ccxt_worst: worstRow(rows, 'decode_vs_ccxt').decode_vs_ccxt,
    decode_vs_ccxt_same_frames: meanRatio(sameFrames, 'decode_vs_ccxt'),
    decode_vs_ccxt_fresh: meanRatio(rows, 'decode_vs_ccxt_fresh'),
    decode_vs_json_parse: meanRatio(rows, 'decode_vs_json_parse'),
    decode_vs_json_parse_worst: worstRow(rows, 'decode_vs_json_parse').decode_vs_json_parse,
  }
  return {
    ratios,
    rows,
    table: [
      ['venue', 'bytes', 'trinity', 'JSON.parse', 'ccxt', 'ccxt fresh', 'tardis-dev', 'vs JSON.parse', 'vs ccxt', 'vs fresh'],
      ...rows.map(tableRow),
    ],
    lines: [
      'Thousand frames per CPU-second: median [min–max] of the rounds. Ratios are of medians.',
      'ccxt: its caches hold the default 1000 trades a symbol; fresh: they are emptied before they fill, as just after a start.',
      `* ccxt speaks only an older protocol of ${older.join(', ')} and reads the same trades in that one; mean without: ${ratios.decode_vs_ccxt_same_frames}.`,
      '– tardis-dev has no mapper for the frames of today.',
      goalLine(rows, 'decode_vs_ccxt'),
      goalLine(rows, 'decode_vs_json_parse'),
      `decode_vs_ccxt_fresh ${ratios.decode_vs_ccxt_fresh} (geometric mean)`,
    ],
  }
}

function feedRow({ venue, frames, entries, ccxtReadsToday }: VenueMatch, rates: ReadonlyMap<Entry, Spread>): FeedRow {
  const spreads: Partial<Record<DecoderName, Spread>> = Object.fromEntries(entries.map((entry) => [entry.name, rates.get(entry)]))
  const against = (name: RatioName): number =>
    threeDigits((spreads.trinity?.median ?? Number.NaN) / (spreads[references[name]]?.median ?? Number.NaN))
  const bytes = frames.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
  const trades = frames.reduce((sum, frame) => sum + frame.trades.length, 0)
  return {
    venue,
    frame_bytes: Math.round(bytes / frames.length),
    trades_per_frame: threeDigits(trades / frames.length),
    ccxt_reads_today: ccxtReadsToday,
    frames_per_cpu_second: spreads,
    decode_vs_ccxt: against('decode_vs_ccxt'),
    decode_vs_ccxt_fresh: against('decode_vs_ccxt_fresh'),
    decode_vs_json_parse: against('decode_vs_json_parse'),
  }
}

function tableRow(row: FeedRow): string[] {
  const { trinity, json_parse: parse, ccxt, ccxt_fresh: fresh, tardis } = row.frames_per_cpu_second
  const mark = row.ccxt_reads_today ? '' : '*'
  const ratios = [String(row.decode_vs_json_parse), `${row.decode_vs_ccxt}${mark}`, `${row.decode_vs_ccxt_fresh}${mark}`]
  return [row.venue, String(row.frame_bytes), ...[trinity, parse, ccxt, fresh, tardis].map(thousands), ...ratios]
}

function thousands(spread: Spread | undefined): string {
  if (spread === undefined) return '–'
  const [median, min, max] = [spread.median, spread.min, spread.max].map((rate) => Math.round(rate / 1000))
  return `${median} [${min}–${max}]`
}

function meanRatio(rows: readonly FeedRow[], name: RatioName): number {
  return threeDigits(geometricMean(rows.map((row) => row[name])))
}

function worstRow(rows: readonly FeedRow[], name: RatioName): FeedRow {
  return rows.reduce((worst, row) => (row[name] < worst[name] ? row : worst))
}

function goalLine(rows: readonly FeedRow[], name: 'decode_vs_ccxt' | 'decode_vs_json_parse'): string {
  const mean = meanRatio(rows, name)
  const worst = worstRow(rows, name)
  return `${name} ${mean} (geometric mean; worst ${worst[name]}, ${worst.venue}); ${goalText(name, mean)}`
}
