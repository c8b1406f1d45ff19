import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { compareTradeIds } from '@trinity/core'
import { readRecording } from '@trinity/core/testing'
import { describe, expect, test, vi } from 'vitest'
import { openReplayRig } from '../../test-support/replay-rig.fixture.ts'
import { type ExpectedTrade, type KnownRecording, knownRecordings, noRecordings } from '../../test-support/shared-recordings.fixture.ts'
import { tempFolder } from '../../test-support/temp-folder.fixture.ts'
import { defaultConnectors } from '../connectors.ts'
import { knownTickers } from '../settings/assets.ts'

const recordings = knownRecordings(defaultConnectors)

/** The n-th recording of each venue, so that a round plays one file a venue. */
const rounds = [...Map.groupBy(recordings, (recording) => recordings.filter(({ venue }) => venue === recording.venue).indexOf(recording)).values()]

interface Expected {
  readonly venue: string
  readonly asset: string
  readonly currency: string
  readonly trades: readonly ExpectedTrade[]
}

/** The listings that a recording must give: its symbols of known tickers. */
function expectedListings({ venue, trades }: KnownRecording): readonly Expected[] {
  const connector = defaultConnectors.find(({ name }) => name === venue)
  if (connector === undefined) return []
  const bySymbol = Map.groupBy(trades, ({ symbol }) => symbol)
  return connector.quotes.flatMap((quote) =>
    knownTickers.flatMap((asset) => {
      const own = bySymbol.get(connector.toSymbol({ base: asset, quote }))
      return own === undefined ? [] : [{ venue, asset, currency: quote, trades: own }]
    }),
  )
}

/** When the last line of a recording is played, milliseconds after the start. */
function durationMs(file: string): number {
  let duration = 0
  let lastAt: number | null = null
  for (const { at } of readRecording(file)) {
    duration += at === null ? 10 : lastAt === null ? 0 : Math.max(0, at - lastAt)
    lastAt = at ?? lastAt
  }
  return duration
}

function newest(trades: readonly ExpectedTrade[]): string | undefined {
  return trades.toSorted((a, b) => b.at - a.at || compareTradeIds(b.id, a.id))[0]?.price
}

describe('a replay of the shared recordings', () => {
  test('has rounds to play', ({ skip }) => {
    skip(noRecordings !== undefined, noRecordings)
    expect(rounds.length).toBeGreaterThan(0)
  })

  test.each(rounds.map((round, i) => ({ i, round, names: round.map(({ name }) => name).join(', ') })))(
    'serves only recorded prices, at the end the newest: $names',
    async ({ round }) => {
      const folder = tempFolder()
      for (const { venue, file } of round) {
        mkdirSync(join(folder, venue), { recursive: true })
        copyFileSync(file, join(folder, venue, 'one.jsonl'))
      }
      const connectors = defaultConnectors.filter(({ name }) => round.some(({ venue }) => venue === name))
      const rig = await openReplayRig(folder, { connectors, stepMs: 25 })
      expect(rig.notices).toEqual([])
      const ask = async ({ venue, asset, currency }: Expected): Promise<Record<string, unknown>> =>
        (await rig.get(`/price?asset=${asset}&source=${venue}&quote=${currency}`)).body
      const listings = round.flatMap(expectedListings)
      const checkAll = async (): Promise<void> => {
        for (const listing of listings) {
          const body = await ask(listing)
          expect(
            listing.trades.map(({ price }) => price),
            `${listing.venue} ${listing.asset}`,
          ).toContain(body.price_text)
          expect(Date.parse(String(body.timestamp))).toBeLessThanOrEqual(rig.clock.now())
          expect(body.stale).toBe(false)
        }
      }
      await checkAll()
      let playedMs = 0
      for (const { venue, endsAtMs } of round
        .map(({ venue, file }) => ({ venue, endsAtMs: durationMs(file) }))
        .toSorted((a, b) => a.endsAtMs - b.endsAtMs)) {
        while (playedMs < endsAtMs) {
          const stepMs = Math.min(500, endsAtMs - playedMs)
          await rig.play(stepMs)
          playedMs += stepMs
          await checkAll()
        }
        for (const listing of listings.filter((one) => one.venue === venue)) {
          await vi.waitFor(async () => expect((await ask(listing)).price_text, `${venue} ${listing.asset}`).toBe(newest(listing.trades)), {
            timeout: 3000,
            interval: 5,
          })
        }
      }
    },
  )
})
