/** A price as it was when the push was made. */
export interface PushedPrice {
  readonly asset: string
  /** Decimal text with exactly the exchange's digits. Turn it into a decimal type, not into a float. */
  readonly price_text: string
  readonly currency: string
  readonly source: string
  /** The trade's own time, RFC 3339 UTC; null where only an untimed reading is known. */
  readonly timestamp: string | null
  /** When the source last proved that this is still its latest trade. */
  readonly confirmed_at: string
  readonly cache_age_seconds: number
  readonly stale: boolean
}

/** What each event says of its delivery, beside the fields of its body. */
export interface Delivery {
  /** The `webhook-id`: the same on each retry, so it names the event. */
  readonly id: string
  /** The `webhook-timestamp` of this attempt, in epoch milliseconds. */
  readonly sentAt: number
  /** The body as it was signed. */
  readonly rawBody: string
}

/** The prices of a subscription. */
export interface PriceUpdate extends Delivery {
  readonly type: 'price.update'
  /** Counts the pushes to one destination: a gap is a lost push. */
  readonly sequence: number
  readonly timestamp: string
  readonly expires_at: string
  readonly data: { readonly prices: readonly PushedPrice[] }
}

/** Asks for proof that the address wants pushes: answer 2xx with `{"token":"…"}`. */
export interface EndpointVerify extends Delivery {
  readonly type: 'endpoint.verify'
  readonly data: { readonly token: string; readonly [detail: string]: unknown }
}

/** A matter of the account, made to be logged or shown: its details may be more or less, so look before you rely on one. */
export interface Notice extends Delivery {
  readonly data: Readonly<Record<string, unknown>>
}

/** Most or all of the month's pushes are used. */
export interface SubscriptionQuota extends Notice {
  readonly type: 'subscription.quota'
}

/** There are no pushes for now. */
export interface SubscriptionPaused extends Notice {
  readonly type: 'subscription.paused'
}

/** An address failed too long and gets nothing more. */
export interface EndpointDisabled extends Notice {
  readonly type: 'endpoint.disabled'
}

/** Rightly signed, but of a type that this version does not know, or not a JSON object at all. Answer 2xx. */
export interface UnknownEvent extends Delivery {
  readonly type: 'unknown'
  /** The parsed body; undefined where it is not JSON. */
  readonly body: unknown
}

/** A delivery that was proved genuine. */
export type WebhookEvent = PriceUpdate | EndpointVerify | SubscriptionQuota | SubscriptionPaused | EndpointDisabled | UnknownEvent
