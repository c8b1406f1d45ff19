import { createPrivateKey, createPublicKey, randomBytes, sign as nodeSign, verify as nodeVerify } from 'node:crypto'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { describe, expect, test } from 'vitest'
import { randomPayload, runSeed, seededRandom } from '../test-support/payloads.fixture.ts'
import { sign, verify } from './index.ts'

const payloadCount = 10_000
const secret = `whsec_${randomBytes(32).toString('base64')}`

/** Whether work was done without an error. */
async function succeeds(work: () => unknown): Promise<boolean> {
  try {
    await work()
    return true
  } catch {
    return false
  }
}

describe(`${payloadCount} random payloads`, () => {
  const seed = runSeed()
  const payloads = Array.from({ length: payloadCount }, (_, i) => randomPayload(seededRandom(seed + i)))
  const signers = [new StandardWebhook(secret), new SvixWebhook(secret)]

  test('hold what payloads can hold', () => {
    const count = (holds: (payload: string) => boolean): number => payloads.filter(holds).length
    expect(
      count((payload) => payload === ''),
      `seed ${seed}`,
    ).toBeGreaterThan(100)
    expect(
      count((payload) => Buffer.byteLength(payload) > 20_000),
      `seed ${seed}`,
    ).toBeGreaterThan(20)
    expect(
      count((payload) => /[\u{10000}-\u{10ffff}]/u.test(payload)),
      `seed ${seed}`,
    ).toBeGreaterThan(1000)
    expect(count((payload) => payload.isWellFormed())).toBe(payloadCount)
  })

  test('signed here, npm standardwebhooks and npm svix accept each', { timeout: 120_000 }, async () => {
    let accepted = 0
    for (const payload of payloads) {
      const headers = await sign(secret, payload)
      for (const signer of signers) if (await succeeds(() => signer.verify(payload, headers, { jsonParse: false }))) accepted++
    }
    expect(accepted, `seed ${seed}`).toBe(2 * payloadCount)
  })

  test('signed by npm standardwebhooks and npm svix, each is accepted here, as text and as bytes', { timeout: 120_000 }, async () => {
    let accepted = 0
    const timestamp = Math.floor(Date.now() / 1000)
    for (const [i, payload] of payloads.entries()) {
      for (const signer of signers) {
        const signature = signer.sign(`msg_${i}`, new Date(timestamp * 1000), payload)
        const headers = { 'webhook-id': `msg_${i}`, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature }
        const event = await verify(secret, headers, i % 2 === 0 ? payload : Buffer.from(payload)).catch(() => undefined)
        if (event?.rawBody === payload) accepted++
      }
    }
    expect(accepted, `seed ${seed}`).toBe(2 * payloadCount)
  })

  test('a damaged one is accepted by nobody', async () => {
    const headers = await sign(secret, 'payload')
    for (const signer of signers) expect(await succeeds(() => signer.verify('payloae', headers))).toBe(false)
    expect(await succeeds(() => verify(secret, headers, 'payloae'))).toBe(false)
  })
})

test('ed25519: 200 payloads both ways with the crypto module of Node', async () => {
  const seed = randomBytes(32)
  const head = Buffer.from('302e020100300506032b657004220420', 'hex')
  const key = { key: Buffer.concat([head, seed]), format: 'der', type: 'pkcs8' } as const
  const publicKey = createPublicKey(createPrivateKey(key))
  const shown = `whpk_${publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')}`
  const random = seededRandom(runSeed())
  for (let i = 0; i < 200; i++) {
    const payload = randomPayload(random)
    const headers = await sign(`whsk_${seed.toString('base64')}`, payload)
    const content = Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${payload}`)
    expect(nodeVerify(null, content, publicKey, Buffer.from(headers['webhook-signature'].slice(4), 'base64'))).toBe(true)
    const theirs = { ...headers, 'webhook-signature': `v1a,${nodeSign(null, content, key).toString('base64')}` }
    expect((await verify(shown, theirs, payload)).rawBody).toBe(payload)
  }
})
