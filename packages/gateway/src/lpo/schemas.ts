import { z } from 'zod'

/** Most assets of one `POST /prices`. */
export const maxAssets = 30

const ticker = z
  .string({ error: 'must be one ticker such as btc' })
  .regex(/^[A-Za-z0-9]{1,15}$/, 'must be a ticker of 1 to 15 letters and digits')
  .transform((text) => text.toUpperCase())

export const priceQuery = z.object({
  asset: ticker.describe('Ticker in any case, such as btc'),
  quote: z
    .string({ error: 'must be one currency such as USD' })
    .regex(/^[A-Za-z0-9]{2,10}$/, 'must be a currency such as USD')
    .transform((text) => text.toUpperCase())
    .optional()
    .describe('Currency the price must be quoted in; default: that of the first venue of the asset'),
  source: z
    .string({ error: 'must be one venue; /exchanges lists them' })
    .transform((text) => text.toLowerCase())
    .optional()
    .describe('Venue that the price must come from, by its id in /exchanges'),
  max_age: z
    .string({ error: 'must be one whole number of seconds from 0 to 300' })
    .regex(/^\d{1,3}$/, 'must be a whole number of seconds from 0 to 300')
    .transform(Number)
    .refine((seconds) => seconds <= 300, 'must be a whole number of seconds from 0 to 300')
    .optional()
    .describe('Oldest evidence accepted, in seconds, 0 to 300'),
})

/** Our letters in upper case; some foreign ones would become ours. */
const upperTicker = (asset: string): string => asset.replace(/[a-z]+/g, (letters) => letters.toUpperCase())

export const pricesRequest = z.object({
  assets: z
    .array(z.string('must be a ticker such as btc').max(100, 'must be a ticker of 1 to 15 letters and digits'), 'must be a list of tickers')
    .transform((assets) => [...new Set(assets.map(upperTicker))])
    .refine((assets) => assets.length >= 1 && assets.length <= maxAssets, `must hold 1 to ${maxAssets} different tickers`)
    .describe(`1 to ${maxAssets} tickers, counted after removing repeats`),
})

const iso = z.iso.datetime()

const price = {
  asset: z.string(),
  price: z.number().describe('Exactly the digits that the exchange gave'),
  price_text: z.string().describe('The same digits as text'),
  currency: z.string().describe('What the price is quoted in; USDT is never shown as USD'),
  basis: z.literal('last_trade'),
  source: z.string(),
  timestamp: iso.nullable().describe("The trade's own time; null where only an untimed reading is known"),
  confirmed_at: iso.describe('When the source last proved that this is still its latest trade'),
  cached: z.boolean(),
  cache_tier: z.enum(['L1_MEMORY', 'L2_VALKEY', 'L3_REST']).describe('Where that proof came from'),
  cache_age_seconds: z.number().describe('Seconds since that proof, by a clock that is never set'),
  freshness_limit_seconds: z.number(),
  stale: z.boolean().describe('Whether cache_age_seconds is past freshness_limit_seconds'),
  market: z.enum(['trading', 'halted']).describe('Whether the venue trades the asset now; the price of a halted market ages'),
}

const times = { latency_ms: z.number(), duration_ms: z.number(), node: z.string() }

const errorFields = {
  code: z.string(),
  message: z.string(),
  resets_at: iso.optional().describe('With TRN_QUOTA_EXCEEDED: when the next month begins'),
  successor: z.string().optional().describe('With TRN_ASSET_UNKNOWN: the asset that holders of this one were given in its place'),
}

export const priceAnswer = z.object({ status_code: z.literal(200), endpoint: z.literal('/price'), ...price, ...times })

export const pricesAnswer = z.object({
  status_code: z.literal(200),
  endpoint: z.literal('/prices'),
  count: z.int(),
  prices: z.array(z.object(price)),
  errors: z.array(z.object({ asset: z.string(), ...errorFields })),
  ...times,
})

export const exchangesAnswer = z.object({
  status_code: z.literal(200),
  endpoint: z.literal('/exchanges'),
  count: z.int(),
  exchanges: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      wire_id: z.int().describe("The venue's number on the UDP wire"),
      endpoint: z.string(),
      region: z.string().describe("Part of the world whose addresses are used; 'global' unless the operator chose another"),
      quotes: z.array(z.string()),
      source: z.string(),
      state: z.enum(['ok', 'degraded', 'down']),
      why: z.string(),
      last_frame_age_seconds: z.number().nullable(),
      reconnects: z.int(),
      listings: z.array(
        z.object({
          asset: z.string(),
          aliases: z.array(z.string()).describe('Other names that the asset answers under'),
          symbol: z.string().describe("The venue's own name; empty while the venue does not list the asset"),
          currency: z.string(),
          market: z.enum(['trading', 'halted']).nullable().describe('Whether the venue trades it now; null while the venue does not list it'),
          state: z.enum(['pending', 'live', 'stale', 'rejected', 'missing']),
          age_seconds: z.number().nullable(),
          why: z.string().describe('Why it has no live price, or answers only those who name the venue; empty when all is well'),
        }),
      ),
    }),
  ),
})

export const statusAnswer = z.object({
  status_code: z.int(),
  endpoint: z.string(),
  status: z.string(),
  reasons: z.array(z.string()),
})

export const errorAnswer = z.object({
  status_code: z.int(),
  endpoint: z.string(),
  error: z.object(errorFields),
  request_id: z.string(),
})
