import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Connector } from '@trinity/core'
import { findRecordings, listRecordings } from '@trinity/core/testing'

/** A trade that a decoder must find in a recording, in wire order. */
export interface ExpectedTrade {
  readonly symbol: string
  readonly price: string
  readonly size: string | null
  readonly at: number
  readonly id: string | null
  readonly backfill: boolean
  /** Of its frame in the file, from 1. */
  readonly line: number
}

/** A recording with the trades that it holds. */
export interface KnownRecording {
  readonly venue: string
  readonly name: string
  readonly file: string
  readonly trades: readonly ExpectedTrade[]
}

/** Recordings of protocols that their venues no longer speak, and one that mixes two. */
const formerGenerations: readonly string[] = [
  'coinbase/exchange-2026-07-07',
  'coinbase/pro-2021-04-17',
  'coinbase/literals-exchange-2019-2022',
  'gemini/v2-marketdata-2021-06-24',
  'gemini/literals-v2-marketdata-2019',
  'kraken/v1-2021-04-17',
  'cryptocom/v2-2021-11-23',
  'cryptocom/literals-v2-and-v1-2022',
]

const folder = findRecordings(fileURLToPath(new URL('../../..', import.meta.url)))

/** Says why tests of recordings are skipped; undefined when there are some. */
export const noRecordings = folder === undefined ? 'no recordings at TRINITY_RECORDINGS or ../shared/exchanges/recordings' : undefined

/** The recordings of current protocols; none when there is no folder of them. */
export function knownRecordings(connectors: readonly Connector[]): readonly KnownRecording[] {
  if (folder === undefined) return []
  return connectors.flatMap(({ name: venue }) =>
    listRecordings(folder, venue)
      .map((file) => ({ venue, name: `${venue}/${basename(file, '.jsonl')}`, file }))
      .filter(({ name }) => !formerGenerations.includes(name))
      .map((recording) => ({
        ...recording,
        trades: JSON.parse(readFileSync(recording.file.replace(/\.jsonl$/, '.trades.json'), 'utf8')) as readonly ExpectedTrade[],
      })),
  )
}
