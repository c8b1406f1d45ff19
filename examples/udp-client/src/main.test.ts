import { execFile } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as udp from '@trinity/udp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const apiKey = 'demo-public-2026-03-01-abc123'
const tradedAt = Date.parse('2026-04-12T14:23:01.123Z')
const main = fileURLToPath(new URL('main.ts', import.meta.url))

let socket: Socket
let gateway: string

/** As much of a gateway as one client needs: it knows the demo key and the price of bitcoin. */
beforeEach(async () => {
  socket = createSocket('udp4')
  const sip = udp.createSipHash({ bytes: 8192 })
  const { memory } = sip
  const macKey = udp.macKeyOf(apiKey)
  const serverNonce = new Uint8Array(16).fill(9)
  socket.on('message', (bytes, { port, address }) => {
    const answer = (length: number): void => socket.send(memory.slice(4096, 4096 + length), port, address)
    const hello = udp.readHello(bytes, 0, bytes.length)
    const query = udp.readQuery(bytes, 0, bytes.length)
    if (hello !== undefined && udp.isHelloSigned(bytes, 0, macKey)) {
      const welcome = {
        requestId: hello.requestId,
        sessionHigh: 0,
        sessionLow: 1,
        serverTimeMs: Date.now(),
        lifetimeSeconds: 600,
        maxAssets: 30,
        serverNonce,
      }
      memory.set(udp.sessionKeyOf(macKey, hello.clientNonce, serverNonce))
      answer(udp.writeWelcome(memory, 4096, welcome, macKey, hello.clientNonce))
    } else if (query !== undefined) {
      memory.set(bytes, 64)
      if (!sip.verify(0, 64, bytes.length - udp.wireSize.tag)) return
      let at = udp.writeQuoteHead(memory, 4096, query.requestId, 0, 0, query.assets.length)
      const times = [udp.upperWord(tradedAt), udp.lowerWord(tradedAt), 420] as const
      for (const asset of query.assets) {
        if (asset === 'btc') at = udp.writeQuoteEntry(memory, at, udp.assetStatus.fresh, 1, 1, 0, ...times, Buffer.from('83421.57'), 0, 8)
        else at = udp.writeEmptyQuoteEntry(memory, at, udp.assetStatus.unknown)
      }
      sip.tag(0, 4096, at - 4096)
      answer(at - 4096 + udp.wireSize.tag)
    }
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  gateway = `127.0.0.1:${socket.address().port}`
})

afterEach(() => {
  socket.close()
})

function ask(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, ['--conditions=@trinity/source', main, ...args], { env: { ...process.env, ...environment } })
}

describe('the UDP client', () => {
  test('prints a table of what it was asked for, and ends', async () => {
    const { stdout, stderr } = await ask(['--gateway', gateway, 'btc', 'nope'])
    expect(stdout.split('\n')).toEqual([
      'ASSET  PRICE     CURRENCY  STATUS   AGE    TRADED',
      'BTC    83421.57  USD       fresh    0.4 s  2026-04-12T14:23:01.123Z',
      'NOPE   -         -         unknown  -      -',
      '',
    ])
    expect(stderr).toBe('')
  })

  test('prints JSON when told so, and takes gateway and key from the environment', async () => {
    const { stdout } = await ask(['--json', 'btc'], { TRINITY_GATEWAY: gateway, TRINITY_KEY: apiKey })
    const quote = { asset: 'BTC', status: 'fresh', price: '83421.57', currency: 'USD', source: 1, cacheTier: 'L1_MEMORY', tradedAt, ageMs: 420 }
    expect(JSON.parse(stdout)).toEqual([quote])
  })

  test('says in one line what went wrong', async () => {
    const failed = ask(['--gateway', gateway, '--key', 'not-a-key', 'btc'])
    await expect(failed).rejects.toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^HELLO_UNANSWERED: .*key.*\n$/) })
  })
})
