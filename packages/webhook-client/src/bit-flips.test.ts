import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { randomPayload, runSeed, seededRandom } from '../test-support/payloads.fixture.ts'
import { isWebhookError, sign, verify } from './index.ts'

const flipsPerPart = 10_000
const parts = ['webhook-id', 'webhook-timestamp', 'webhook-signature', 'body'] as const
const secret = `whsec_${randomBytes(32).toString('base64')}`

/** One bit of a byte of the text in UTF-8, as a wire would damage it. */
function flip(text: string, random: () => number): Uint8Array {
  const bytes = new TextEncoder().encode(text)
  const at = Math.floor(random() * bytes.length)
  bytes[at] = (bytes[at] as number) ^ (1 << Math.floor(random() * 8))
  return bytes
}

/** Header values reach a program byte by byte, as Latin-1. */
function headerText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

test.each(parts)(`one flipped bit in ${flipsPerPart} of: %s, and none is accepted`, { timeout: 120_000 }, async (part) => {
  const seed = runSeed()
  const random = seededRandom(seed)
  const codes = new Map<string, number>()
  for (let i = 0; i < flipsPerPart; i++) {
    const body = randomPayload(random) || '{}'
    const headers = await sign(secret, body)
    const damaged = part === 'body' ? headers : { ...headers, [part]: headerText(flip(headers[part], random)) }
    const code = await verify(secret, damaged, part === 'body' ? flip(body, random) : body).then(
      () => 'accepted',
      (error: unknown) => (isWebhookError(error) ? error.code : 'crashed'),
    )
    codes.set(code, (codes.get(code) ?? 0) + 1)
  }
  expect(codes.get('accepted') ?? 0, `seed ${seed}`).toBe(0)
  expect(codes.get('crashed') ?? 0, `seed ${seed}`).toBe(0)
  expect(codes.get('SIGNATURE_MISMATCH')).toBeGreaterThan(100)
})

test('the same deliveries are accepted whole', async () => {
  const random = seededRandom(runSeed())
  for (let i = 0; i < 1000; i++) {
    const body = randomPayload(random)
    expect((await verify(secret, await sign(secret, body), body)).rawBody).toBe(body)
  }
})
