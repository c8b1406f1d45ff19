import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildNative } from '../../../../scripts/build-native.ts'
import type { Bench } from '../bench.ts'
import { benchKey, pricesText } from '../serving/bench-board.ts'
import type { Load } from '../serving/load.ts'
import { type Contender, measureLoadRounds } from '../serving/load-rounds.ts'
import { buildPrograms, programPath } from '../serving/native-programs.ts'
import { startServer } from '../serving/server-process.ts'
import { reportUdp } from './udp-report.ts'

/**
 * The gateway's UDP port on both transports beside a server in C that only looks up and replies, and a bare node:dgram echo. All are
 * asked by the same generator; what it asks of the gateway is in sessions and tagged, and so are the answers.
 */
export const benchUdp: Bench = async ({ rounds, quick }) => {
  const unbuilt = buildPrograms(['load_udp', 'reference_udp'])
  if (unbuilt !== undefined) return unbuilt
  const { outcome, text } = buildNative()
  if (outcome === 'failed' || outcome === 'skipped') return { wrong: text }
  const folder = await mkdtemp(join(tmpdir(), 'bench-udp-'))
  try {
    const prices = join(folder, 'prices')
    await writeFile(prices, pricesText())
    const rows = await measureLoadRounds(contenders(prices, quick), rounds)
    return 'wrong' in rows ? rows : reportUdp(rows)
  } finally {
    await rm(folder, { recursive: true })
  }
}

function contenders(prices: string, quick: boolean): Contender[] {
  const times = quick ? { 'warm-ms': 20, ms: 50 } : { 'warm-ms': 200, ms: 800 }
  const loadsWith = (more: Load['options'], withLatency: boolean): Contender['loads'] => {
    const load = (options: Load['options']): Load => ({ program: 'load_udp', options: { prices, ...more, ...times, ...options } })
    return {
      // The first load of a fresh process is also what warms it up.
      '512 / 64': load({ outstanding: 512, sockets: 64, ...(quick ? {} : { 'warm-ms': 1000 }) }),
      '64 / 64': load({ outstanding: 64, sockets: 64 }),
      ...(withLatency ? { '8 / 8': load({ outstanding: 8, sockets: 8 }), open: load({ sockets: 64, rate: quick ? 1000 : 10_000 }) } : {}),
    }
  }
  const reference = programPath('reference_udp')
  const bareScript = new URL('bare-dgram.ts', import.meta.url)
  const gatewayScript = new URL('../serving/gateway-server.ts', import.meta.url)
  return [
    { server: 'c_mmsg', start: () => startServer({ start: reference, args: ['mmsg', prices] }), loads: loadsWith({}, true) },
    { server: 'c_plain', start: () => startServer({ start: reference, args: ['plain', prices] }), loads: loadsWith({}, false) },
    { server: 'native', start: () => startServer({ start: gatewayScript, args: ['native'] }), loads: loadsWith({ key: benchKey }, true) },
    { server: 'dgram', start: () => startServer({ start: gatewayScript, args: ['dgram'] }), loads: loadsWith({ key: benchKey }, true) },
    { server: 'bare_dgram', start: () => startServer({ start: bareScript, args: [] }), loads: loadsWith({ judge: 'echo' }, false) },
  ]
}
