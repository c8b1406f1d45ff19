import { expect, test } from 'vitest'
import { revokeUnderLoad } from '../../test-support/load/revocation.fixture.ts'

test.each([1, 2, 3])('a key revoked by the command while 2 workers serve is refused within a second (run %i)', async () => {
  const { httpMs, udpMs, newStream, endedStreams, served, servedAfterASecond } = await revokeUnderLoad(2)
  console.log(
    `last price ${httpMs.toFixed(0)} ms after the revocation over HTTP, ${udpMs.toFixed(0)} ms over UDP (of ${served} served); ` +
      `a second after: a new stream gets ${newStream}, ${endedStreams[0]} of ${endedStreams[1]} open streams had ended`,
  )
  expect(served).toBeGreaterThan(100)
  expect(Math.max(httpMs, udpMs)).toBeLessThan(1000)
  expect(servedAfterASecond).toBe(0)
  expect(newStream).toBe(403)
  expect(endedStreams[0]).toBe(endedStreams[1])
})
