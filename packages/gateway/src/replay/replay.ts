import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { type AssetNames, type Clock, type Connector, TrinityError, every, nodeTransport } from '@trinity/core'
import { listRecordings } from '@trinity/core/testing'
import type { DemoFeed } from '../demo-feed.ts'
import type { Gateway } from '../gateway.ts'
import { assetTable, knownTickers } from '../settings/assets.ts'
import { indexSymbols } from '../venues/symbol-index.ts'
import { Player } from './player.ts'
import { type RecordedPlay, readPlay } from './recorded-play.ts'
import { replayConnector } from './replay-connector.ts'

/** What a replay needs to know. */
export interface ReplayRequest {
  /** Holds `VENUE/*.jsonl`. */
  readonly folder: string
  /** 1 = recorded pace. */
  readonly speed: number
  readonly connectors: readonly Connector[]
  /** Which names mean the same asset; the server's own table when left out. */
  readonly names?: AssetNames
  /** Tickers whose recorded symbols become listings; those that the server knows by itself when left out. */
  readonly tickers?: readonly string[]
  readonly clock: Clock
  /** Hears of broken lines and skipped files, one line each. */
  onNotice(notice: string): void
}

/** Recordings may hold book snapshots that no live feed here asks for. */
const longestFrameBytes = 64 << 20

/** How often playing listings are confirmed. */
const confirmEveryMs = 250

/**
 * Reads the recordings of a folder and opens a player for them.
 * @throws TrinityError `TRN_SETTING_INVALID` when there is nothing to play
 */
export async function openReplay(request: ReplayRequest): Promise<DemoFeed> {
  const { folder, speed, connectors, names = assetTable.names, tickers = knownTickers, clock, onNotice } = request
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new TrinityError('TRN_SETTING_INVALID', `--replay ${folder}: there is no such folder.`)
  const plays = new Map(connectors.map((connector) => [connector.name, readPlays(connector, folder, onNotice)]))
  if ([...plays.values()].every((files) => files.length === 0)) {
    throw new TrinityError('TRN_SETTING_INVALID', `--replay ${folder}: no file EXCHANGE/*.jsonl there holds a trade of a known exchange.`)
  }
  const player = new Player(plays, speed, clock)
  const url = await player.start()
  const firstTrades = new Map(connectors.map((connector) => [connector.name, collectFirstTrades(plays.get(connector.name) ?? [])]))
  const fixedListings = Object.fromEntries(
    connectors.map((connector) => {
      const index = indexSymbols(connector, names, tickers)
      return [connector.name, [...(firstTrades.get(connector.name)?.keys() ?? [])].flatMap((symbol) => index.get(symbol) ?? [])]
    }),
  )
  let stopConfirming: (() => void) | undefined
  return {
    mode: 'replay',
    rest: false,
    transport: nodeTransport({ maxFrameBytes: longestFrameBytes }),
    connectors: connectors.map((connector) => replayConnector(connector, `${url}/${connector.name}`, clock)),
    fixedListings,
    summary: [...plays]
      .filter(([, files]) => files.length > 0)
      .map(([venue, files]) => `${venue}: ${files.map(({ file }) => basename(file)).join(', ')}`),
    attach(gateway) {
      prime(gateway, firstTrades, clock.now())
      stopConfirming = every(clock, confirmEveryMs, () => confirmPlaying(gateway, player, clock.now()))
    },
    async stop() {
      stopConfirming?.()
      await player.stop()
    },
  }
}

function readPlays(connector: Connector, folder: string, onNotice: (notice: string) => void): RecordedPlay[] {
  const plays: RecordedPlay[] = []
  for (const file of listRecordings(folder, connector.name)) {
    const play = readPlay(connector, file, (broken) => onNotice(`${broken.file}:${broken.line}: ${broken.reason}; the line is left out.`))
    if (play === undefined) onNotice(`${file} is skipped: the ${connector.name} connector finds no trade in it (another protocol generation?).`)
    else plays.push(play)
  }
  return plays
}

type FirstTrades = RecordedPlay['firstTrades']

function collectFirstTrades(plays: readonly RecordedPlay[]): FirstTrades {
  return new Map(plays.toReversed().flatMap(({ firstTrades }) => [...firstTrades]))
}

/** Shown until the first trade is played; ordered below every played one. */
function prime(gateway: Gateway, firstTrades: ReadonlyMap<string, FirstTrades>, now: number): void {
  for (const [venue, trades] of firstTrades) {
    for (const [symbol, { price, id }] of trades) {
      const listing = gateway.directory.ofSymbol(venue, symbol)
      if (listing !== undefined) gateway.writer.apply(listing.slot, { price, at: now, id: id ?? null, orderAt: 0, tier: 'L1_MEMORY' }, now)
    }
  }
}

function confirmPlaying(gateway: Gateway, player: Player, now: number): void {
  for (const listing of gateway.directory.list()) if (player.isPlaying(listing.venue)) gateway.writer.confirm(listing.slot, now, 'L1_MEMORY', now)
}
