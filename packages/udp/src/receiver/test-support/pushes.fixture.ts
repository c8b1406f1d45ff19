import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { sign, type SignOptions } from '@trinity/webhook-client'

export const secret = `whsec_${btoa('a secret that tests may know of.')}`
export const otherSecret = `whsec_${btoa('some other secret, just as long.')}`

/** What a push of a test may say beside its sequence. */
export interface PushFields {
  readonly timestamp?: number
  readonly expires_at?: number
  readonly subscription_id?: string
  readonly price?: string
}

/** The body of a price update, made now unless told otherwise; times are epoch milliseconds. */
export function priceBody(
  sequence: number,
  { timestamp = Date.now(), expires_at = timestamp + 60_000, price = '83421.570', ...fields }: PushFields = {},
) {
  const at = new Date(timestamp).toISOString()
  const ages = { timestamp: null, confirmed_at: at, cache_age_seconds: 0.1, stale: false }
  const prices = [{ asset: 'BTC', price_text: price, currency: 'USD', source: 'coinbase-ws', ...ages }]
  return JSON.stringify({
    type: 'price.update',
    sequence,
    timestamp: at,
    expires_at: new Date(expires_at).toISOString(),
    ...fields,
    data: { prices },
  })
}

/** A datagram with any body, signed as its sender does. */
export async function signedDatagram(body: string, options: SignOptions = {}, by: string | readonly string[] = secret): Promise<Buffer> {
  return Buffer.from(`${Object.values(await sign(by, body, options)).join(' ')}\n${body}`)
}

/** A datagram with a price update. */
export function push(sequence: number, fields?: PushFields, options?: SignOptions): Promise<Buffer> {
  return signedDatagram(priceBody(sequence, fields), options)
}

/** A socket that sends to one port of this machine, one datagram after the other is on its way. */
export async function openSender(port: number, host = '127.0.0.1') {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  socket.connect(port, host)
  await once(socket, 'connect')
  return {
    async send(...datagrams: readonly Uint8Array[]): Promise<void> {
      for (const datagram of datagrams) {
        await new Promise<void>((sent, failed) => socket.send(datagram, (error) => (error === null ? sent() : failed(error))))
      }
    },
    close: () => socket.close(),
  }
}
