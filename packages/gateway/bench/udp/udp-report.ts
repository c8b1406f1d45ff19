import type { BenchReport } from '../bench.ts'
import { goalText } from '../goals.ts'
import { type LoadRow, rateRatio, rowOf } from '../serving/load-rounds.ts'
import { microsecondsText, shareText, thousandsText } from '../serving/load-table.ts'
import { threeDigits } from '../statistics.ts'

/** What the servers are called for people. */
export const udpServers: Readonly<Record<string, string>> = {
  c_mmsg: 'C recvmmsg/sendmmsg',
  c_plain: 'C recvfrom/sendto',
  native: 'gateway, native',
  dgram: 'gateway, dgram',
  bare_dgram: 'bare dgram echo',
}
const openLoop = 'open'
/** What is stated of the service that this one follows, for each vCPU. */
const stated = { requestsPerSecond: 15_200, latencyUs: 200 }
const latencyGoalUs = 60

/** Ratios of medians, and how they stand to their goals. */
export function reportUdp(rows: readonly LoadRow[]): BenchReport {
  const ratios = {
    native_vs_c: rateRatio(rows, '512 / 64', 'native', 'c_mmsg'),
    native_vs_c_64: rateRatio(rows, '64 / 64', 'native', 'c_mmsg'),
    native_vs_dgram: rateRatio(rows, '512 / 64', 'native', 'dgram'),
    native_vs_bare_512: rateRatio(rows, '512 / 64', 'native', 'bare_dgram'),
    dgram_vs_bare: rateRatio(rows, '64 / 64', 'dgram', 'bare_dgram'),
    c_vs_bare_512: rateRatio(rows, '512 / 64', 'c_mmsg', 'bare_dgram'),
  }
  return {
    ratios,
    rows,
    table: [['server', 'outstanding / sockets', 'thousand/CPU-s', 'p50 µs', 'server CPU'], ...rows.map(tableRow)],
    lines: [
      'Thousand requests per CPU-second of the server: median [min–max] of the rounds. Ratios are of medians.',
      'The gateway checks and makes tags, holds the key to its limit and meters; the references do none of that. One serving thread.',
      `native_vs_c ${ratios.native_vs_c} (512 outstanding); ${goalText('native_vs_c', ratios.native_vs_c)}`,
      `native_vs_c_64 ${ratios.native_vs_c_64} (64 outstanding); ${goalText('native_vs_c_64', ratios.native_vs_c_64)}`,
      `native_vs_bare_512 ${ratios.native_vs_bare_512} (512 outstanding); ${goalText('native_vs_bare_512', ratios.native_vs_bare_512)}; C itself ${ratios.c_vs_bare_512}`,
      `native_vs_dgram ${ratios.native_vs_dgram} (the gateway's own two transports, 512 outstanding)`,
      `dgram_vs_bare ${ratios.dgram_vs_bare} (64 outstanding); ${goalText('dgram_vs_bare', ratios.dgram_vs_bare)}`,
      ...latencyLines(rows),
    ],
  }
}

function latencyLines(rows: readonly LoadRow[]): string[] {
  const p50 = rowOf(rows, 'native', '8 / 8')?.p50_us.median ?? Number.NaN
  const perSecond = rowOf(rows, 'native', '64 / 64')?.requests_per_cpu_second.median ?? Number.NaN
  const verdict = p50 <= latencyGoalUs ? 'met' : 'missed'
  return [
    `p50 with 8 outstanding on loopback ${p50.toFixed(1)} µs; goal ${latencyGoalUs}: ${verdict}; ${threeDigits(stated.latencyUs / p50)}× under ${stated.latencyUs} µs`,
    `With 64 outstanding ${threeDigits(perSecond / stated.requestsPerSecond)}× the 15,200 requests a second that are stated of a vCPU`,
  ]
}

function tableRow(row: LoadRow): string[] {
  const isLatency = row.load === openLoop || row.load === '8 / 8'
  return [
    udpServers[row.server] ?? row.server,
    row.load === openLoop ? '10,000 a second' : row.load,
    row.load === openLoop ? '' : thousandsText(row.requests_per_cpu_second),
    isLatency ? microsecondsText(row.p50_us) : '',
    shareText(row.server_cpu_share),
  ]
}
