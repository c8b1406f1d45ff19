/** Where the newest evidence of a price came from: the live feed, another node through a shared cache, or REST. */
export type EvidenceTier = 'L1_MEMORY' | 'L2_VALKEY' | 'L3_REST'

/** The newest known trade price of one listing, and when it was last proved to be that. */
export interface Quote {
  /** Decimal text with exactly the venue's digits. */
  readonly price: string
  /** The trade's own time in epoch milliseconds; null where only an untimed reading is known. */
  readonly at: number | null
  /** The venue's trade id; null where unknown. */
  readonly id: string | null
  /** Epoch milliseconds of the newest proof that this is still the latest trade. */
  readonly confirmedAt: number
  readonly tier: EvidenceTier
}

const currencyCodes = { USD: 0, USDT: 1, USDC: 2, EUR: 3, GUSD: 4, RLUSD: 5 } as const

/** The number of a currency on the board and on the UDP wire; 255 for any other. */
export function currencyCode(currency: string): number {
  return Object.hasOwn(currencyCodes, currency) ? currencyCodes[currency as keyof typeof currencyCodes] : 255
}
