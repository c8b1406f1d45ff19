import { Agent, get } from 'node:http'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openGateway } from '../../test-support/gateway-rig.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import { testKey } from '../../test-support/test-keys.fixture.ts'

/** Status and Connection header of an answer, or the code of the error in place of one. */
function askOnce(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve) => {
    const request = get(url, { agent, headers: { authorization: `Bearer ${testKey}` } }, (response) => {
      response.resume()
      response.once('end', () => resolve(`${response.statusCode ?? 0} ${response.headers.connection ?? ''}`))
    })
    request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? String(error)))
  })
}

test.each(['/price?asset=btc', '/price?asset=btc&', '/health'])('callers who ask on while the server stops lose no request: %s', async (path) => {
  const rig = await openGateway({ connectors: [testConnector({ name: 'alpha', url: 'ws://127.0.0.1:9/ws', restUrl: 'http://127.0.0.1:9' })] })
  onTestFinished(rig.stop)
  const outcomes: string[] = []
  const url = `${rig.open.lpoUrl}${path}`
  const callers = Array.from({ length: 24 }, async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (let outcome = ''; !outcome.startsWith('E'); outcomes.push(outcome)) outcome = await askOnce(url, agent)
    agent.destroy()
  })
  await vi.waitFor(() => expect(outcomes.length).toBeGreaterThan(200), 10_000)
  await rig.stop()
  await Promise.all(callers)
  const kinds = new Set(outcomes)
  expect([...kinds].filter((outcome) => outcome.startsWith('E'))).toEqual(['ECONNREFUSED'])
  expect([...kinds].some((outcome) => outcome.endsWith('close'))).toBe(true)
})
