import { FakeClock } from '@trinity/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { openWebSocket, waitFor } from '../../test-support/stream-client.fixture.ts'
import { openStreamRig, readStream } from '../../test-support/stream-rig.fixture.ts'
import { tempFolder } from '../../test-support/temp-folder.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'
import { maxPayload } from './carrier/web-socket-door.ts'

test('a thread takes so many streams, and another one when one has gone', async () => {
  const rig = await openStreamRig(tempFolder(), ['BTC'], new FakeClock(), { readers: 2 })
  onTestFinished(rig.stop)
  const [first] = [readStream(rig.path, ['BTC']), readStream(rig.path, ['BTC'])]
  await waitFor(() => rig.hub.readers === 2)
  let refused = ''
  readStream(rig.path, ['BTC']).on('data', (part) => (refused += String(part)))
  await waitFor(() => refused.includes('\r\n\r\n{'))
  expect([refused.slice(9, 12), /TRN_\w+/.exec(refused)?.[0]]).toEqual(['503', 'TRN_OVERLOADED'])
  first?.destroy()
  await waitFor(() => rig.hub.readers === 1)
  readStream(rig.path, ['BTC'])
  await waitFor(() => rig.hub.readers === 2)
})

test('a client whose message is too long is closed with 1009', async () => {
  const market = await openFakeMarket({ connectors: [testConnector({ name: 'alpha' })], assets: { alpha: ['BTC'] } })
  onTestFinished(market.stop)
  const client = await openWebSocket(`${market.url}/stream`)
  client.send(' '.repeat(maxPayload))
  await client.next('error')
  expect(client.closed).toBeUndefined()
  client.send(' '.repeat(maxPayload + 1))
  await client.ended()
  expect(client.closed).toBe(1009)
})
