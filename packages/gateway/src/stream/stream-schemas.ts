import { z } from 'zod'
import { maxStreamAssets } from './limits.ts'

const listRule = `must hold 1 to ${maxStreamAssets} different tickers of 1 to 15 letters and digits`

/** Tickers in any case; upper case without repeats comes out. */
export const assetList = z
  .array(z.string(listRule).regex(/^\s*[A-Za-z0-9]{1,15}\s*$/, listRule), listRule)
  .transform((assets) => [...new Set(assets.map((asset) => asset.trim().toUpperCase()))])
  .refine((assets) => assets.length >= 1 && assets.length <= maxStreamAssets, listRule)

export const streamQuery = z.object({
  assets: z
    .string({ error: 'must be one comma list of tickers such as btc,eth' })
    .transform((text) => text.split(','))
    .pipe(assetList)
    .describe(`1 to ${maxStreamAssets} tickers in any case, separated by commas`),
  ticket: z.string().optional().describe('A ticket of POST /stream/ticket in place of a key, for browsers; good for one stream'),
})

export const ticketAnswer = z.object({
  status_code: z.literal(200),
  endpoint: z.literal('/stream/ticket'),
  ticket: z.string(),
  expires_in_seconds: z.int(),
})

/** What a WebSocket client may send. */
export const clientMessage = z.object({
  type: z.enum(['subscribe', 'unsubscribe'], { error: "must be 'subscribe' or 'unsubscribe'" }),
  assets: assetList,
})
