import { verify } from '@trinity/webhook-client'
import { Webhook } from 'standardwebhooks'
import { type SignedDelivery, secret } from './deliveries.ts'

/** How many verifications wait for their answer at a time. */
export const inFlight = 64

export const verifierNames = ['trinity', 'standardwebhooks', 'webcrypto'] as const
export type VerifierName = (typeof verifierNames)[number]
export type BodyForm = 'text' | 'bytes'

/** Verifies every delivery and gives the sum of what it found in them. */
export type Verifier = (deliveries: readonly SignedDelivery[], form: BodyForm) => Promise<number>

interface FoundEvent {
  readonly sequence: number
}

const webhook = new Webhook(secret)
const hmac = { name: 'HMAC', hash: 'SHA-256' }
const key = await crypto.subtle.importKey('raw', Buffer.from(secret.slice(6), 'base64'), hmac, false, ['verify'])
const encoder = new TextEncoder()

/** The product, the reference, and what WebCrypto alone costs: one check and JSON.parse, nothing else looked at. */
export const verifiers: Readonly<Record<VerifierName, Verifier>> = {
  trinity: (deliveries, form) =>
    sumOf(deliveries, async (delivery) => {
      const event = await verify(secret, delivery.headers, delivery[form])
      return event.type === 'price.update' ? event.sequence : Number.NaN
    }),
  // It answers at once, so there is nothing to wait for.
  standardwebhooks: async (deliveries, form) => {
    let sum = 0
    for (const { headers, [form]: body } of deliveries) sum += (webhook.verify(body, headers) as FoundEvent).sequence
    return sum
  },
  webcrypto: (deliveries) =>
    sumOf(deliveries, async ({ headers, text }) => {
      const signature = Buffer.from(headers['webhook-signature']?.slice(3) ?? '', 'base64')
      const signed = encoder.encode(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`)
      if (!(await crypto.subtle.verify(hmac, key, signature, signed))) throw new Error('mismatch')
      return (JSON.parse(text) as FoundEvent).sequence
    }),
}

async function sumOf(deliveries: readonly SignedDelivery[], open: (delivery: SignedDelivery) => Promise<number>): Promise<number> {
  let next = 0
  let sum = 0
  const work = async (): Promise<void> => {
    for (let delivery = deliveries[next++]; delivery !== undefined; delivery = deliveries[next++]) {
      const found = await open(delivery)
      sum += found
    }
  }
  await Promise.all(Array.from({ length: inFlight }, work))
  return sum
}
