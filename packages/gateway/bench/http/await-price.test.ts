import { type RequestListener, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { awaitPrice } from './await-price.ts'

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer({ keepAliveTimeout: 1 }, answer)
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

test('a price that stands still makes the run void', async () => {
  const url = await serve((_, response) => response.end('{"price_text":"65000.10"}'))
  expect(await awaitPrice({ url, key: 'any', patienceMs: 100 })).toBe('65000.10')
  const waiting = awaitPrice({ url, key: 'any', known: '65000.10', patienceMs: 100 })
  await expect(waiting).rejects.toThrow('no other price than 65000.10 for 0.1 s, so the run is void')
})

test('the first price that moved ends the wait, answers without one do not', async () => {
  const answers = ['{"price_text":"65000.10"}', '{"error":{}}', '{"price_text":"65000.11"}']
  const url = await serve((_, response) => response.end(answers.shift()))
  expect(await awaitPrice({ url, key: 'any', known: '65000.10', patienceMs: 5000 })).toBe('65000.11')
})

test('a price with another status than 200 is none', async () => {
  const url = await serve((_, response) => response.writeHead(503).end('{"price_text":"65000.10"}'))
  await expect(awaitPrice({ url, key: 'any', patienceMs: 100 })).rejects.toThrow('no price for 0.1 s')
})
