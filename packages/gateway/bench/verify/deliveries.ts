import { Webhook } from 'standardwebhooks'

/** A delivery as it reaches a handler. */
export interface SignedDelivery {
  readonly headers: Record<string, string>
  readonly text: string
  readonly bytes: Buffer
}

/** 32 bytes, as the service hands them out. */
export const secret = `whsec_${Buffer.from('thirty-two bytes for a benchmark').toString('base64')}`

const signer = new Webhook(secret)
const assets = ['BTC', 'ETH', 'SOL', 'XRP', 'ADA', 'DOGE', 'LTC', 'LINK', 'DOT', 'AVAX'] as const

/** Price updates signed now, each with prices of its own; good for five minutes. */
export function signDeliveries(count: number, prices: number): readonly SignedDelivery[] {
  const now = new Date()
  return Array.from({ length: count }, (_, i) => {
    const text = priceUpdate(i, prices, now)
    const id = `msg_${now.getTime()}_${i}`
    const headers = {
      host: 'associate.example',
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(text)),
      'user-agent': 'Trinity',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': signer.sign(id, now, text),
    }
    return { headers, text, bytes: Buffer.from(text) }
  })
}

function priceUpdate(sequence: number, count: number, now: Date): string {
  const timestamp = now.toISOString()
  const prices = Array.from({ length: count }, (_, i) => ({
    asset: assets[i % assets.length],
    price_text: `${83_000 + sequence}.${String(i * 37).padStart(4, '0')}`,
    currency: 'USD',
    source: 'coinbase-ws',
    timestamp,
    confirmed_at: timestamp,
    cache_age_seconds: 0.129,
    stale: false,
  }))
  return JSON.stringify({ type: 'price.update', sequence, timestamp, expires_at: new Date(now.getTime() + 600_000).toISOString(), data: { prices } })
}
