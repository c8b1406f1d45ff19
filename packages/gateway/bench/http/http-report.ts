import type { BenchReport } from '../bench.ts'
import { goalText } from '../goals.ts'
import { type LoadRow, rateRatio, rowOf } from '../serving/load-rounds.ts'
import { microsecondsText, shareText, thousandsText } from '../serving/load-table.ts'
import type { RecordedAnswer } from './recorded-answer.ts'
import type { CommandOrigin } from './started-command.ts'

/** What the servers are called for people. */
export const httpServers: Readonly<Record<string, string>> = {
  start: 'gateway as started',
  start_1: 'gateway, 1 worker',
  gateway: 'gateway, still board',
  node_http: 'bare node:http',
}
const loadNames: Readonly<Record<string, string>> = { closed: '64 connections', open: '2,000 a second' }

/** A row of the started command also says what that was run from. */
export interface HttpRow extends LoadRow {
  readonly origin?: CommandOrigin
}

const ratioServers = { price_vs_node_http: 'gateway', start_vs_node_http: 'start', start_1_vs_node_http: 'start_1' } as const

/** The gateway's rates over that of a server which only returns the same bytes. */
export function reportHttp(loadRows: readonly LoadRow[], { bytes }: RecordedAnswer, origin: CommandOrigin): BenchReport {
  const ratioOf = (name: keyof typeof ratioServers): number => rateRatio(loadRows, 'closed', ratioServers[name], 'node_http')
  const ratios = {
    price_vs_node_http: ratioOf('price_vs_node_http'),
    start_vs_node_http: ratioOf('start_vs_node_http'),
    start_1_vs_node_http: ratioOf('start_1_vs_node_http'),
  }
  const rows = loadRows.map((row): HttpRow => (row.server.startsWith('start') ? { ...row, origin } : row))
  const idleOf = (server: string): string => shareText(rowOf(rows, server, 'closed')?.idle_cpu_share ?? Number.NaN)
  return {
    ratios,
    rows,
    table: [['server', 'load', 'thousand/CPU-s', 'p50 µs', 'server CPU'], ...rows.map(tableRow)],
    lines: [
      'Thousand requests per CPU-second of the server: median [min–max] of the rounds. Ratios are of medians.',
      `GET /price with key, limit and metering, beside node:http that returns the same ${bytes} bytes and does nothing else.`,
      `As started: trinity start --simulate from ${originText(origin)}, all threads; prices move.`,
      `Without callers it uses ${idleOf('start')} of a processor, ${idleOf('start_1')} with 1 worker, measured in each round and taken off.`,
      'Still board: one serving thread. Latency counts only in the open loop, where it is from the time a request was due.',
      ...(['start_vs_node_http', 'start_1_vs_node_http', 'price_vs_node_http'] as const).map(
        (name) => `${name} ${ratios[name]}; ${goalText(name, ratios[name])}`,
      ),
    ],
  }
}

/** What the started command was run from, for people. */
export function originText(origin: CommandOrigin): string {
  return origin === 'build' ? 'the built packages' : 'the sources (npm run build has not made these yet)'
}

function tableRow(row: LoadRow): string[] {
  return [
    httpServers[row.server] ?? row.server,
    loadNames[row.load] ?? row.load,
    row.load === 'open' ? '' : thousandsText(row.requests_per_cpu_second),
    row.load === 'open' ? microsecondsText(row.p50_us) : '',
    shareText(row.server_cpu_share),
  ]
}
