import { AssetNames, type AssetRow, TrinityError } from '@trinity/core'
import { z } from 'zod'
import { entryLines } from './entry-lines.ts'
import { tickerPattern } from './ticker.ts'

/** A currency in which a venue lists an asset. */
export interface ListedAsset {
  readonly asset: string
  readonly quote: string
}

/** What the asset table says. */
export interface AssetFile {
  /** The day that the newest of its facts is of. */
  readonly asOf: string
  readonly rows: readonly AssetRow[]
  readonly names: AssetNames
  /** Upper-case tickers that are kept hot, by venue, in order. */
  readonly prewarmed: Readonly<Record<string, readonly string[]>>
  /** By venue, in the table's order. */
  readonly listed: Readonly<Record<string, readonly ListedAsset[]>>
  /** Rough prices in USD by asset, decimal text; good for simulations and nothing else. */
  readonly about: ReadonlyMap<string, string>
}

const ticker = z.string().regex(tickerPattern, 'must be an upper-case ticker')
const tickers = z.array(ticker).min(1)
const date = z.string().regex(/^\d{4}(-\d\d){0,2}$/, 'must be a date such as 2026, 2026-06 or 2026-06-15')

const entry = z.strictObject({
  asset: ticker,
  aliases: tickers.exactOptional(),
  successor: ticker.exactOptional(),
  names: z.record(z.string(), tickers).exactOptional(),
  /** Venues by currency. */
  listed: z.record(ticker, z.array(z.string()).min(1)).exactOptional(),
  about: z
    .string()
    .regex(/^(?!0*\.?0*$)\d+(\.\d+)?$/, 'must be a price')
    .exactOptional(),
  /** When the names became what they are. */
  since: date.exactOptional(),
  note: z.string().exactOptional(),
})

const file = z.strictObject({
  asOf: date,
  note: z.string(),
  prewarmed: z.record(z.string(), tickers),
  assets: z.array(entry),
})

type Entry = z.output<typeof entry>

/**
 * Reads an asset table.
 * @param name how messages call the file
 * @throws TrinityError `TRN_SETTING_INVALID`: one line with the line of the file that is wrong
 */
export function readAssetFile(text: string, name = 'assets.json'): AssetFile {
  const { asOf, prewarmed, assets } = checkShape(text, name)
  const lines = entryLines(text)
  const where = (index: number): string => `line ${lines[index]} of ${name}`
  const names = new AssetNames(assets, where)
  for (const [index, row] of assets.entries()) checkVenues(row, Object.keys(prewarmed), where(index))
  const about = new Map(assets.flatMap(({ asset, about: price }) => (price === undefined ? [] : [[asset, price] as const])))
  return { asOf, rows: assets, names, prewarmed, listed: listedByVenue(assets, Object.keys(prewarmed)), about }
}

function checkShape(text: string, name: string): z.output<typeof file> {
  const read = file.safeParse(parseJson(text, name))
  if (read.success) return read.data
  const [issue] = read.error.issues
  const [list, index, ...path] = issue?.path ?? []
  const isEntry = list === 'assets' && typeof index === 'number'
  const place = isEntry ? `line ${entryLines(text)[index]} of ${name}` : name
  const field = (isEntry ? path : (issue?.path ?? [])).join('.')
  throw new TrinityError('TRN_SETTING_INVALID', `Asset table, ${place}: ${field === '' ? '' : `${field}: `}${issue?.message}.`)
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const words = String(error).replaceAll(/\s+/g, ' ')
    throw new TrinityError('TRN_SETTING_INVALID', `Asset table, ${brokenLine(text)}${name} is no JSON: ${words}.`, { cause: error })
  }
}

/** Which line is broken, where it is an entry that is no JSON by itself: what the parser says has a place only sometimes. */
function brokenLine(text: string): string {
  const index = text.split('\n').findIndex((line) => {
    const own = line.trim().replace(/,$/, '')
    if (!own.startsWith('{ ')) return false
    try {
      JSON.parse(own)
      return false
    } catch {
      return true
    }
  })
  return index === -1 ? '' : `line ${index + 1} of `
}

/** A venue is one that has a prewarmed list: facts about a misspelled one would silently be lost. */
function checkVenues({ asset, names = {}, listed = {} }: Entry, venues: readonly string[], place: string): void {
  const listedAt = Object.entries(listed).flatMap(([quote, at]) => at.map((venue) => `${venue} in ${quote}`))
  const twice = listedAt.find((listing, i) => listedAt.indexOf(listing) !== i)
  if (twice !== undefined) throw new TrinityError('TRN_SETTING_INVALID', `Asset table, ${place} (${asset}): it is listed twice at ${twice}.`)
  const unknown = [...Object.keys(names), ...Object.values(listed).flat()].find((venue) => !venues.includes(venue))
  if (unknown !== undefined)
    throw new TrinityError('TRN_SETTING_INVALID', `Asset table, ${place} (${asset}): there is no venue '${unknown}'; known are ${venues.join(', ')}.`)
}

function listedByVenue(assets: readonly Entry[], venues: readonly string[]): AssetFile['listed'] {
  const all = assets.flatMap(({ asset, listed = {} }) => Object.entries(listed).map(([quote, at]) => ({ asset, quote, at })))
  const of = (venue: string): readonly ListedAsset[] => all.filter(({ at }) => at.includes(venue)).map(({ asset, quote }) => ({ asset, quote }))
  return Object.fromEntries(venues.map((venue) => [venue, of(venue)]))
}
