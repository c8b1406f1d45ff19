import { expect, test } from 'vitest'
import { checkDatagram } from './datagram-check.ts'
import { systemReceiverEnvironment } from './environment.ts'
import { secret, signedDatagram } from './test-support/pushes.fixture.ts'

const from = { address: '127.0.0.1', port: 4000 }
const options = { secret, toleranceSeconds: 300, environment: systemReceiverEnvironment }

/** A genuine datagram of so many bytes. */
async function datagramOf(length: number): Promise<Uint8Array> {
  const { length: least } = await signedDatagram('', { id: 'msg_1' })
  const datagram = await signedDatagram('x'.repeat(length - least), { id: 'msg_1' })
  expect(datagram).toHaveLength(length)
  return datagram
}

test('a genuine datagram is taken up to the longest that a push may be', async () => {
  expect(await checkDatagram({ datagram: await datagramOf(1200), from }, options)).toMatchObject({ event: { id: 'msg_1' }, wasHandled: false })
  expect(await checkDatagram({ datagram: await datagramOf(1201), from }, options)).toMatchObject({ error: { code: 'DATAGRAM_INVALID' }, from })
})
