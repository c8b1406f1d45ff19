import { stat } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { systemClock } from '@trinity/core'
import { FileKeyStore } from '../../src/access/key-file/file-key-store.ts'
import { createFiledKey, keyFileIn } from '../../src/access/key-file/key-file.ts'
import { readMasterKey } from '../../src/access/key-file/master-key.ts'
import { startChild } from './child.fixture.ts'
import { openLoadGateway } from './gateway.fixture.ts'
import type { LoadGenerator } from './generator.fixture.ts'
import { targetOf } from './limits.fixture.ts'
import { callsOf } from './statistics.fixture.ts'
import { runTrinity } from '../run-trinity.fixture.ts'
import { openSse, openWebSocket } from '../stream-client.fixture.ts'
import { tempFolder } from '../temp-folder.fixture.ts'

/** How long a revoked key went on working, from the moment that its revocation stood in the key file; milliseconds. */
export interface RevocationReport {
  readonly httpMs: number
  readonly udpMs: number
  /** Status of a new stream a second after; 0 = it was opened. */
  readonly newStream: number
  /** Open streams that had ended a second after, of how many. */
  readonly endedStreams: readonly [ended: number, of: number]
  readonly served: number
  readonly servedAfterASecond: number
}

/** Revokes a key by the command of that name while callers use it. */
export async function revokeUnderLoad(workers: number): Promise<RevocationReport> {
  const dataDir = tempFolder()
  const master = await readMasterKey(dataDir)
  const { key, filed } = await createFiledKey(dataDir, master, { name: 'soon revoked', tier: 'partner', nowMs: Date.now() })
  const store = new FileKeyStore({ dataDir, master, clock: systemClock, onNotice: () => undefined })
  const { gateway, open } = await openLoadGateway({ serveWorkers: workers, keys: store })
  const generator = startChild<LoadGenerator>('generator.fixture.ts')
  try {
    const group = { callers: 8, key, patienceMs: 200 }
    await generator.ask.open(targetOf(open), [
      { ...group, protocol: 'http' },
      { ...group, protocol: 'udp' },
    ])
    const headers = { authorization: `Bearer ${key}` }
    const url = `${open.lpoUrl}/stream?assets=btc`
    const streams = await Promise.all([openSse(url, headers), openSse(url, headers), openWebSocket(url, headers), openWebSocket(url, headers)])
    const running = generator.ask.closedLoop(8000, { keep: [200], pauseMs: 5 })
    await pause(500)
    const { code, stderr } = await runTrinity(['keys', 'revoke', filed.id], { environment: { TRINITY_DATA_DIR: dataDir } })
    if (code !== 0) throw new Error(stderr)
    const { mtimeMs } = await stat(keyFileIn(dataDir))
    await pause(Math.max(0, mtimeMs + 1000 - Date.now()))
    const ended = streams.filter(({ closed }) => closed !== undefined).length
    const newStream = await openStatus(url, headers)
    const calls = callsOf(await running)
    const last = (group: number): number => Math.max(...calls.filter((call) => call.group === group).map(({ answeredAt }) => answeredAt)) - mtimeMs
    return {
      httpMs: last(0),
      udpMs: last(1),
      newStream,
      endedStreams: [ended, streams.length],
      served: calls.length,
      servedAfterASecond: calls.filter(({ sentAt }) => sentAt > mtimeMs + 1000).length,
    }
  } finally {
    generator.kill()
    await gateway.stop()
  }
}

async function openStatus(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const response = await fetch(url, { headers: { ...headers, accept: 'text/event-stream' } })
  await response.body?.cancel()
  return response.ok ? 0 : response.status
}
