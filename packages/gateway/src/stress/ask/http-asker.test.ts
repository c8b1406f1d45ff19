import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { loopbackTarget } from '../test-support/price-gateway.fixture.ts'
import { HttpAsker } from './http-asker.ts'

const body = JSON.stringify({ asset: 'BTC', price: 1.5, price_text: '1.5' })

interface Server {
  readonly port: number
  readonly requests: IncomingMessage[]
  /** Connections it has taken. */
  readonly connections: () => number
}

async function serve(answer: (response: ServerResponse, request: IncomingMessage) => void): Promise<Server> {
  const requests: IncomingMessage[] = []
  let connections = 0
  const server = createServer((request, response) => {
    requests.push(request)
    answer(response, request)
  })
  server.on('connection', () => connections++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, requests, connections: () => connections }
}

function openAsker(url: string, timeoutMs = 5000): HttpAsker {
  const asker = new HttpAsker({ target: loopbackTarget(url), key: 'trn_k', timeoutMs, connections: 10 })
  onTestFinished(async () => asker.close())
  return asker
}

async function ask(asker: HttpAsker, asset = 'btc'): Promise<string> {
  return new Promise((resolve) => asker.ask(asset, (outcome, reason) => resolve(`${outcome} ${reason}`.trim())))
}

describe('asking over HTTP', () => {
  test('sends key and asset, keeps the connection, and goes where the checked address is, whatever the name says', async () => {
    const { port, requests, connections } = await serve((response) => response.end(body))
    const asker = openAsker(`http://no-such-name.invalid:${port}`)
    expect([await ask(asker), await ask(asker)]).toEqual(['priced', 'priced'])
    expect(connections()).toBe(1)
    const [{ url, headers }] = requests as [IncomingMessage]
    expect([url, headers.host, headers.authorization]).toEqual(['/price?asset=btc', `no-such-name.invalid:${port}`, 'Bearer trn_k'])
  })

  test('has one request at a time on a connection', async () => {
    const held: ServerResponse[] = []
    const { port, connections } = await serve((response) => {
      held.push(response)
      if (held.length === 3) for (const one of held) one.end(body)
    })
    const asker = openAsker(`http://127.0.0.1:${port}`)
    expect(await Promise.all([ask(asker), ask(asker), ask(asker)])).toEqual(['priced', 'priced', 'priced'])
    expect(connections()).toBe(3)
  })

  test.each([
    ['a refusal of ours', 429, JSON.stringify({ error: { code: 'TRN_RATE_LIMITED' } }), 'refused 429 TRN_RATE_LIMITED'],
    ['a bare overload', 503, 'busy', 'refused 503'],
    ['a missing key', 401, JSON.stringify({ error: { code: 'TRN_KEY_INVALID' } }), 'failed 401 TRN_KEY_INVALID'],
    ['an error', 500, '{}', 'failed 500'],
    ['a code that would fill the report', 500, JSON.stringify({ error: { code: 'x'.repeat(1000) } }), 'failed 500'],
    ['broken JSON', 200, body.slice(0, -1), 'failed 200 without a JSON object'],
    ['no body', 200, '', 'failed 200 without a JSON object'],
    ['another asset', 200, body.replace('BTC', 'ETH'), 'failed 200 without a price'],
    ['no price', 200, '{"asset":"BTC","price_text":null}', 'failed 200 without a price'],
    ['a price of zero', 200, '{"asset":"BTC","price_text":"0.0"}', 'failed 200 without a price'],
    ['an endless body', 200, ' '.repeat(100_000), 'failed an answer without end'],
  ])('knows %s', async (_, status, text, told) => {
    const { port } = await serve((response) => response.writeHead(status).end(text))
    expect(await ask(openAsker(`http://127.0.0.1:${port}`))).toBe(told)
  })

  test('loses what is cut off, unanswered or not listened to, and goes on', async () => {
    let times = 0
    const { port } = await serve((response) => {
      times++
      if (times === 1) response.destroy()
      else if (times === 2) response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy())
      else if (times > 3) response.end(body)
    })
    const asker = openAsker(`http://127.0.0.1:${port}`, 300)
    expect(await ask(asker)).toBe('lost connection closed')
    expect(await ask(asker)).toMatch(/^lost /)
    expect(await ask(asker)).toBe('lost timeout')
    expect(await ask(asker)).toBe('priced')
    expect(await ask(openAsker('http://127.0.0.1:9'))).toBe('lost ECONNREFUSED')
  })

  test('can be cut off with requests under way, and goes on', async () => {
    let silent = true
    const { port, requests } = await serve((response) => {
      if (!silent) response.end(body)
    })
    const asker = openAsker(`http://127.0.0.1:${port}`)
    const pending = ask(asker)
    while (requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    silent = false
    await asker.cut()
    expect(await pending).toMatch(/^lost/)
    expect(await ask(asker)).toBe('priced')
  })
})
