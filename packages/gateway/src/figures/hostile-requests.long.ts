import { chooseSeed, seededRandom } from '@trinity/core/testing'
import { expect, test } from 'vitest'
import { type ApiDocument, apiRequests } from '../../test-support/hostile/openapi-requests.fixture.ts'
import { streamRequests } from '../../test-support/hostile/request-stream.fixture.ts'
import { startWatchedServer } from '../../test-support/hostile/watched-server.fixture.ts'
import { exchangeRaw } from '../../test-support/raw-http.fixture.ts'

const requests = 1_000_000
const connections = 8
const mutations = 1000

test(`${requests} requests made from the OpenAPI document: each has one response, as its schema says`, async () => {
  const seed = chooseSeed()
  const server = await startWatchedServer()
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as ApiDocument
  const all = await Promise.all(
    Array.from({ length: connections }, (_, i) =>
      streamRequests(server.url, requests / connections, apiRequests(document, server.key, seededRandom(seed + i))),
    ),
  )
  const counts = new Map<number, number>()
  for (const { statuses } of all) for (const [status, count] of statuses) counts.set(status, (counts.get(status) ?? 0) + count)
  console.log(
    `seeds from ${seed}: ${all.reduce((sum, { answered }) => sum + answered, 0)} responses: ${[...counts].map(([status, count]) => `${count} × ${status}`).join(', ')}`,
  )
  expect(all.flatMap(({ wrong }) => wrong)).toEqual([])
  expect(all.reduce((sum, { answered }) => sum + answered, 0)).toBe(requests)
  for (const status of [200, 400, 401, 404, 405, 413, 415]) expect(counts.get(status) ?? 0).toBeGreaterThan(0)
})

test(`${mutations} requests with bytes changed, cut or doubled at random: no response of a connection is one too many, and none is 500`, async () => {
  const seed = chooseSeed()
  const random = seededRandom(seed)
  const server = await startWatchedServer()
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as ApiDocument
  const next = apiRequests(document, server.key, random)
  const odd = [
    '\r',
    '\n',
    '\0',
    ' ',
    ':',
    '\t',
    '\x7f',
    '\xff',
    ',',
    '1',
    'HTTP/1.1',
    'Transfer-Encoding: chunked\r\n',
    'Content-Length: 3\r\n',
    'Host: b\r\n',
  ]
  const wrong: string[] = []
  for (let done = 0; done < mutations; done += 50) {
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        let bytes = Buffer.from(next().bytes).toString('latin1')
        for (let i = 0; i <= random() * 3; i++) {
          const at = Math.floor(random() * bytes.length)
          const end = at + Math.floor(random() * 4)
          bytes = bytes.slice(0, at) + (random() < 0.7 ? (odd[Math.floor(random() * odd.length)] ?? '') : '') + bytes.slice(end)
        }
        try {
          const { responses } = await exchangeRaw(server.url, [bytes], 300)
          // One request can't become more than what was doubled in it.
          if (responses.length > 2) wrong.push(`${responses.length} responses: ${JSON.stringify(bytes)}`)
          for (const { status } of responses) if (status === 500) wrong.push(`status 500: ${JSON.stringify(bytes)}`)
        } catch (error) {
          if (!bytes.startsWith('HEAD')) wrong.push(`${String(error)}: ${JSON.stringify(bytes)}`)
        }
      }),
    )
  }
  console.log(`seed ${seed}: ${mutations} cases`)
  expect(wrong).toEqual([])
})
