import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { exchangeRaw } from '../../test-support/raw-http.fixture.ts'
import { type AdminServer, createAdminServer, maxAdminConnections } from './admin-server.ts'

const log: string[] = []
const write = (...parts: readonly unknown[]): void => void log.push(parts.map((part) => JSON.stringify(part)).join(' '))
const quiet = { level: 'error', debug: write, info: write, warn: write, error: write }

let fails = false
const metrics = async (): Promise<{ type: string; text: string }> => {
  if (fails) throw new Error('no figures today')
  return { type: 'text/plain; version=0.0.4', text: 'up 1 ü\n' }
}

let open: AdminServer
let guarded: AdminServer
let url: string
let guardedUrl: string
beforeAll(async () => {
  open = createAdminServer({ log: quiet, metricsToken: undefined, metrics })
  guarded = createAdminServer({ log: quiet, metricsToken: 'secret-token', metrics })
  url = await open.listen({ host: '127.0.0.1', port: 0 })
  guardedUrl = await guarded.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(async () => Promise.all([open.close(), guarded.close()]))

describe('the operators’ port', () => {
  test.each(['/metrics', '/metrics?a=b'])('shows the metrics at %s', async (path) => {
    const answer = await fetch(`${url}${path}`)
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([200, 'text/plain; version=0.0.4', 'up 1 ü\n'])
    const head = await fetch(`${url}${path}`, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '8', ''])
  })

  test.each([undefined, 'Bearer', 'Bearer wrong', 'Basic secret-token', 'Bearer secret-token x'])(
    'asks for its token in place of %j',
    async (given) => {
      const answer = await fetch(`${guardedUrl}/metrics`, given === undefined ? {} : { headers: { authorization: given } })
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="trinity"'])
      expect(await answer.json()).toMatchObject({ status_code: 401, endpoint: '/metrics', error: { code: 'TRN_KEY_INVALID' } })
    },
  )

  test('knows its token', async () => {
    const answer = await fetch(`${guardedUrl}/metrics`, { headers: { authorization: 'bearer  secret-token' } })
    expect([answer.status, await answer.text()]).toEqual([200, 'up 1 ü\n'])
  })

  test.each([
    ['GET', '/', 404, 'TRN_NOT_FOUND', null],
    ['GET', '/metrics/', 404, 'TRN_NOT_FOUND', null],
    ['POST', '/nosuch', 404, 'TRN_NOT_FOUND', null],
    ['POST', '/metrics', 405, 'TRN_METHOD_NOT_ALLOWED', 'GET, HEAD'],
  ])('refuses %s %s with %s', async (method, path, status, code, allow) => {
    const answer = await fetch(`${url}${path}`, { method, headers: { 'x-request-id': 'mine-1' } })
    expect([answer.status, answer.headers.get('allow')]).toEqual([status, allow])
    expect(await answer.json()).toMatchObject({ status_code: status, endpoint: path, error: { code }, request_id: 'mine-1' })
  })

  test.each([
    ['evil.example', 421],
    ['127.0.0.1.nip.io:80', 421],
    ['localhost:1', 200],
    ['[::1]', 200],
  ])('answers a page that was led here under the name %s with %s', async (host, status) => {
    const { responses } = await exchangeRaw(url, [`GET /metrics HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`])
    expect(responses.map((answer) => answer.status)).toEqual([status])
    if (status === 421) expect(responses[0]?.body).toMatchObject({ status_code: 421, error: { code: 'TRN_HOST_UNKNOWN' } })
  })

  test('answers under every name those who have its token', async () => {
    const asked = 'GET /metrics HTTP/1.1\r\nHost: trinity.internal\r\nConnection: close\r\n'
    const statusesOf = async (more: string): Promise<readonly number[]> =>
      (await exchangeRaw(guardedUrl, [`${asked}${more}\r\n`])).responses.map(({ status }) => status)
    expect(await statusesOf('Authorization: Bearer secret-token\r\n')).toEqual([200])
    expect(await statusesOf('')).toEqual([401])
  })

  test.each([
    ['noise', 'noise\r\n\r\n', 400],
    ['no Host', 'GET /metrics HTTP/1.1\r\n\r\n', 400],
    ['two Hosts', 'GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n', 400],
    ['a header that is too long', `GET /metrics HTTP/1.1\r\nX: ${'x'.repeat(9000)}\r\n\r\n`, 431],
    ['an expectation', 'GET /metrics HTTP/1.1\r\nHost: localhost\r\nExpect: x\r\n\r\n', 417],
    ['CONNECT', 'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n', 400],
    ['an upgrade', 'GET /nosuch HTTP/1.1\r\nHost: localhost\r\nConnection: close, upgrade\r\nUpgrade: websocket\r\n\r\n', 404],
    ['a method for files', 'PROPFIND /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 405],
  ])('answers %s once, as JSON with its id, and closes', async (_, bytes, status) => {
    const { responses, isClosed } = await exchangeRaw(url, [bytes])
    expect(responses.map((answer) => answer.status)).toEqual([status])
    expect(responses[0]?.body).toMatchObject({ status_code: status, request_id: responses[0]?.headers.get('x-request-id') })
    expect(isClosed).toBe(true)
  })

  test('tells a request that does not arrive in time so', { timeout: 15_000 }, async () => {
    const { responses, isClosed } = await exchangeRaw(url, ['GET /metrics HTTP/1.1\r\nHost: localhost\r\n'], 8000)
    expect([responses.map(({ status }) => status), isClosed]).toEqual([[408], true])
  })

  test('answers each request with an id, its caller’s own where it has one', async () => {
    const answer = await fetch(`${url}/metrics`, { headers: { 'x-request-id': 'scrape-7' } })
    expect(answer.headers.get('x-request-id')).toBe('scrape-7')
    expect((await fetch(`${url}/metrics`)).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test.each([
    ['0.0.0.0', undefined, 1],
    ['0.0.0.0', 'secret-token', 0],
    ['127.0.0.1', undefined, 0],
  ])('open at %s with the token %s makes %i warnings', async (host, metricsToken, warnings) => {
    const before = log.length
    const server = createAdminServer({ log: quiet, metricsToken, metrics })
    await server.listen({ host, port: 0 })
    await server.close()
    expect(log.length - before).toBe(warnings)
    if (warnings > 0) expect(log.at(-1)).toContain('TRINITY_METRICS_TOKEN')
  })

  test('answers and logs what it can’t tell, without the reason in the answer', async () => {
    fails = true
    const answer = await fetch(`${url}/metrics`)
    fails = false
    const body = await answer.text()
    expect([answer.status, JSON.parse(body)]).toMatchObject([500, { error: { code: 'TRN_INTERNAL' } }])
    expect(body).not.toContain('no figures')
    expect(log.join('\n')).toContain('no figures today')
  })

  test('closes at once, whoever is connected', async () => {
    const server = createAdminServer({ log: quiet, metricsToken: undefined, metrics })
    const { port } = new URL(await server.listen({ host: '127.0.0.1', port: 0 }))
    const caller = connect(Number(port), '127.0.0.1')
    const gone = new Promise((resolve) => caller.on('error', () => undefined).once('close', resolve))
    await new Promise((resolve) => caller.once('connect', resolve))
    caller.write('GET /metrics HTTP/1.1\r\n')
    const startedAt = Date.now()
    await Promise.all([server.close(), gone])
    expect(Date.now() - startedAt).toBeLessThan(2000)
    await server.close()
  })

  test('in use is an error of the system', async () => {
    const other = createAdminServer({ log: quiet, metricsToken: undefined, metrics })
    await expect(other.listen({ host: '127.0.0.1', port: Number(new URL(url).port) })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await other.close()
  })
})

test('connections and requests that wait are bounded', async () => {
  const { responses, isClosed } = await exchangeRaw(url, ['GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.repeat(2000)])
  expect([responses.length, isClosed]).toEqual([16, true])
  const sockets = Array.from({ length: 100 }, () => connect(Number(new URL(url).port), '127.0.0.1'))
  const closed = new Set<unknown>()
  for (const socket of sockets) socket.on('error', () => undefined).on('close', () => closed.add(socket))
  await vi.waitFor(() => expect(closed.size).toBeGreaterThanOrEqual(100 - maxAdminConnections))
  for (const socket of sockets) socket.destroy()
  await vi.waitFor(async () => expect((await fetch(`${url}/metrics`)).status).toBe(200))
})
