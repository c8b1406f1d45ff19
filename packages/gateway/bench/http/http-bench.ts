import { stressKey } from '../../src/access/memory-key-store.ts'
import type { Bench } from '../bench.ts'
import { benchKey, benchPrices } from '../serving/bench-board.ts'
import type { Load } from '../serving/load.ts'
import { measureLoadRounds } from '../serving/load-rounds.ts'
import { buildPrograms } from '../serving/native-programs.ts'
import { type ServerCommand, startServer } from '../serving/server-process.ts'
import { reportHttp } from './http-report.ts'
import { type RecordedAnswer, recordAnswer } from './recorded-answer.ts'
import { commandOrigin, startCommand } from './started-command.ts'

const path = '/price?asset=btc'
const gateway: ServerCommand = { start: new URL('../serving/gateway-server.ts', import.meta.url), args: ['http'] }

/**
 * Asks, in turns, `trinity start --simulate` without and with a serving thread, a serving thread alone over prices that stand still, and a
 * bare node:http server which returns the bytes of that thread.
 */
export const benchHttp: Bench = async ({ rounds, quick }) => {
  const unbuilt = buildPrograms(['load_http'])
  if (unbuilt !== undefined) return unbuilt
  const answer = await recordGateway()
  const bare: ServerCommand = { start: new URL('bare-http.ts', import.meta.url), args: [], input: JSON.stringify(answer) }
  const expect = `"price_text":"${benchPrices.get('BTC') ?? ''}"`
  const load = (options: Load['options']): Load => ({ program: 'load_http', options: { path, key: benchKey, expect, ...options } })
  const times = quick ? { 'warm-ms': 50, ms: 100 } : { 'warm-ms': 2000, ms: 2000 }
  const loads = {
    closed: load(times),
    open: load(quick ? { rate: 500, 'warm-ms': 50, ms: 100 } : { rate: 2000, 'warm-ms': 200, ms: 1000 }),
  }
  const moving = { key: stressKey, expect: '"asset":"BTC"', 'price-after': '"price_text":"' }
  const startLoads = { closed: load({ ...times, ...moving, 'idle-ms': times.ms }) }
  const origin = commandOrigin()
  const rows = await measureLoadRounds(
    [
      { server: 'start', start: () => startCommand(origin, 0, path), loads: startLoads },
      { server: 'start_1', start: () => startCommand(origin, 1, path), loads: startLoads },
      { server: 'gateway', start: () => startServer(gateway), loads },
      { server: 'node_http', start: () => startServer(bare), loads },
    ],
    rounds,
  )
  return 'wrong' in rows ? rows : reportHttp(rows, answer, origin)
}

async function recordGateway(): Promise<RecordedAnswer> {
  const server = await startServer(gateway)
  const url = `http://127.0.0.1:${server.port}${path}`
  // The first answer of all says that it took long, and no other does.
  await recordAnswer(url, benchKey)
  const answer = await recordAnswer(url, benchKey)
  await server.stop()
  return answer
}
