import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { goals } from '../goals.ts'
import { type HttpRow, httpServers, originText } from '../http/http-report.ts'
import type { BenchResult } from '../result-file.ts'
import type { LoadRow } from '../serving/load-rounds.ts'
import { udpServers } from '../udp/udp-report.ts'
import { type BarPanel, barChart } from './bar-chart.ts'

/** In the order of the page. */
const meanings: Readonly<Record<string, string>> = {
  start_vs_node_http:
    'GET /price of `trinity start --simulate`, prices moving, without a worker, beside a bare node:http server that returns such bytes',
  start_1_vs_node_http: 'the same with one worker (`SERVE_WORKERS=1`)',
  price_vs_node_http: 'GET /price of a serving thread alone over prices that stand still, beside the same server',
  decode_vs_ccxt: 'frames decoded, beside ccxt.pro (geometric mean over the venues)',
  decode_vs_json_parse: 'frames decoded, beside bare JSON.parse (geometric mean over the venues)',
  native_vs_c: 'UDP with the native transport, beside a C recvmmsg/sendmmsg server that only replies; 512 outstanding on 64 sockets',
  native_vs_c_64: 'the same with 64 outstanding on 64 sockets',
  native_vs_bare_512: 'UDP with the native transport, beside a bare node:dgram echo; 512 outstanding',
  native_vs_dgram: 'the native transport beside the one on node:dgram; 512 outstanding',
  dgram_vs_bare: 'UDP on node:dgram, beside a bare node:dgram echo; 64 outstanding',
  c_vs_bare_512: 'the C server itself beside a bare node:dgram echo; 512 outstanding',
  verify_vs_standardwebhooks: 'webhooks of 5 prices verified, 64 in flight, beside the standardwebhooks package',
  verify_vs_standardwebhooks_30: 'the same with 30 prices',
}
const chartFile = 'benchmarks.svg'

/** Writes the page and its chart from the result files of a folder; the figures are those of the machine that made them. */
export async function writePage(results: string, folder: string): Promise<string> {
  const files = (await readdir(results)).filter((file) => file.endsWith('.json')).toSorted()
  const all = await Promise.all(files.map(async (file) => JSON.parse(await readFile(join(results, file), 'utf8')) as BenchResult))
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, chartFile), barChart('Requests per CPU-second', all.flatMap(panelsOf)))
  const page = join(folder, 'benchmarks.md')
  await writeFile(page, pageText(all))
  return page
}

function pageText(results: readonly BenchResult[]): string {
  const ratios: Readonly<Record<string, number>> = Object.assign({}, ...results.map((result) => result.ratios))
  const rows = Object.entries(meanings)
    .filter(([name]) => name in ratios)
    .map(([name, meaning]) => `| \`${name}\` | ${ratios[name]} | ${goalOf(name)} | ${meaning} |`)
  return `# Benchmarks

\`npm run bench\` measures the product beside references that do nearly nothing, on the same input, in one run. This page was
written by \`npm run bench -- --page docs/reference\`, and its figures are of one machine on one day:

${results.map(machineLine).join('\n')}

The claim is each ratio. A rate depends on the processor, on neighbours and on the kernel; a ratio to a reference of the same run
does so much less. Run it where you want to know.

![Thousand requests per CPU-second of gateway and references](${chartFile})

| ratio | median | goal | of |
|---|---|---|---|
${rows.join('\n')}

## How it is measured

- The unit is requests answered for each second of processor time, user and system, that the server's process used; what else the
  machine does takes time away from everybody, but not from this figure.
- Servers take turns, A B C, A B C, each time as a fresh process; a figure is the median of the rounds, and the line over a bar their range.
- The server is bound to one processor, the load generator to another where there are two. Both generators are C programs in
  \`packages/gateway/bench/native\`; they judge every answer, and a run with a wrong one is void.
  Over UDP the questions of a socket that are due together are handed to the kernel as one message, which it cuts: servers get the same
  datagrams, but are kept busy, which they would not be by a generator that spends as much on a question as they on the answer.
- \`start_…\` is the command that a user starts, in a process of its own with all of its threads, six simulated exchanges and their feeds
  among them. What this process uses without callers is measured between warm-up and load, in the same round, and taken off.
- The other gateway is the real one on one thread: sessions with a tag both ways over UDP, the key's look-up over HTTP, limits and
  metering in both, 149 assets on the board, no feeds. The references know no keys, tags, limits or metering.
- Closed loop (so many requests outstanding) finds the rate; latency is that of an open loop, counted from the time a request was due.
  With 8 requests outstanding on loopback, one a socket, the closed loop's median is quoted too.
- Loopback figures say nothing about a network, and a 99th percentile on a shared machine says more about the machine.
`
}

function machineLine({ name, at, machine, rounds, quick, rows }: BenchResult): string {
  const day = new Date(at).toISOString().slice(0, 10)
  const means = quick ? ' (a quick run: its figures mean nothing)' : ''
  const origin = (rows as readonly HttpRow[]).find((row) => row.origin !== undefined)?.origin
  const started = origin === undefined ? '' : `, trinity start from ${originText(origin)}`
  return `- ${name}: ${day}, ${machine.cpu}, ${machine.cores} cores, ${machine.os}, Node ${machine.node}, ${rounds} rounds${started}${means}`
}

function goalOf(name: string): string {
  return name in goals ? `≥ ${goals[name as keyof typeof goals]}` : ''
}

function panelsOf({ name, rows }: BenchResult): BarPanel[] {
  const loadRows = rows as readonly LoadRow[]
  if (name === 'udp') {
    return ['512 / 64', '64 / 64'].map((load) =>
      panel(`UDP, ${load.replace(' / ', ' outstanding on ')} sockets: thousand/CPU-s`, loadRows, load, udpServers),
    )
  }
  return name === 'http' ? [panel('GET /price, 64 connections: thousand/CPU-s', loadRows, 'closed', httpServers)] : []
}

function panel(title: string, rows: readonly LoadRow[], load: string, names: Readonly<Record<string, string>>): BarPanel {
  const bars = rows
    .filter((row) => row.load === load)
    .map((row) => ({
      label: names[row.server] ?? row.server,
      isOurs: (names[row.server] ?? '').startsWith('gateway'),
      value: row.requests_per_cpu_second,
    }))
  return { title, bars }
}
