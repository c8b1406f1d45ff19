import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AdminServer, createAdminServer } from './admin-server.ts'

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
