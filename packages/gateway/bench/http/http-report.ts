import type { BenchReport } from '../bench.ts'
import { goalText } from '../goals.ts'
import { type LoadRow, rateRatio } from '../serving/load-rounds.ts'
import { microsecondsText, shareText, thousandsText } from '../serving/load-table.ts'
import type { RecordedAnswer } from './recorded-answer.ts'

/** What the servers are called for people. */
export const httpServers: Readonly<Record<string, string>> = { gateway: 'gateway', node_http: 'bare node:http' }
const loadNames: Readonly<Record<string, string>> = { closed: '64 connections', open: '2,000 a second' }

/** The gateway's rate over that of a server which only returns the same bytes. */
export function reportHttp(rows: readonly LoadRow[], { bytes }: RecordedAnswer): BenchReport {
  const ratio = rateRatio(rows, 'closed', 'gateway', 'node_http')
  return {
    ratios: { price_vs_node_http: ratio },
    rows,
    table: [['server', 'load', 'thousand/CPU-s', 'p50 µs', 'server CPU'], ...rows.map(tableRow)],
    lines: [
      'Thousand requests per CPU-second of the server: median [min–max] of the rounds. Ratios are of medians.',
      `GET /price with key, limit and metering, beside node:http that returns the same ${bytes} bytes and does nothing else.`,
      'One serving thread. Latency counts only in the open loop, where it is from the time a request was due.',
      `price_vs_node_http ${ratio}; ${goalText('price_vs_node_http', ratio)}`,
    ],
  }
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
