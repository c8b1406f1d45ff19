import type { PriceUpdate, WebhookError, WebhookEvent } from '@trinity/webhook-client'
import type { UdpError } from '../error.ts'
import type { MissingRange } from './sequences/sequence-window.ts'
import type { DatagramOrigin } from './socket/receive-socket.ts'

/** How an event came. */
export interface Arrival {
  /** Whether one with a higher `sequence` came before: its prices may be older than those you have. */
  readonly late: boolean
}

/** A genuine event that has not come before. */
export type ReceivedEvent = WebhookEvent & Arrival

/** A genuine price update that has not come before. */
export type ReceivedPrices = PriceUpdate & Arrival

/** Sequences that were passed over. Each is told once; what comes after all is an event that is `late`. */
export interface Gap extends MissingRange {
  /** How many. */
  readonly count: number
  /** The `subscription_id`, where the events have one. */
  readonly subscription: string | undefined
}

/** A datagram that was not taken. */
export interface RefusedDatagram {
  readonly error: WebhookError
  readonly from: DatagramOrigin
}

/** What a {@link PriceReceiver} tells its listeners, by name. */
export interface ReceiverEvents {
  /** Every genuine event, once. */
  readonly event: ReceivedEvent
  /** Those of them that are price updates. */
  readonly price: ReceivedPrices
  /** Told before the event that shows it. */
  readonly gap: Gap
  /** A sender counts anew, told before its first event; what was missing until then will not come. */
  readonly restart: { readonly subscription: string | undefined }
  /** A genuine copy of what came before, not told again. */
  readonly duplicate: WebhookEvent
  readonly refused: RefusedDatagram
  /** A datagram came while the queue was full; all such so far. */
  readonly drop: { readonly dropped: number }
  /** Nothing more will come; why, where nobody asked for it. */
  readonly close: { readonly error: UdpError | undefined }
}

/**
 * What became of all that was sent here: `sent = received + dropped + kernelDrops`, what the network lost aside, and
 * `received = events + duplicates + refused + waiting + discarded`.
 */
export interface ReceiverStats {
  /** Datagrams that came into the queue. */
  readonly received: number
  /** Datagrams that came while it was full. */
  readonly dropped: number
  /** Datagrams the system dropped since nobody fetched them in time, until the close at most; undefined where it does not tell. */
  readonly kernelDrops: number | undefined
  /** Genuine events handed on, late ones included. */
  readonly events: number
  /** Of these, those after a higher sequence. */
  readonly late: number
  readonly duplicates: number
  readonly refused: number
  /** In the queue now. */
  readonly waiting: number
  /** In the queue when the receiver was closed. */
  readonly discarded: number
  /** Sequences told in gaps that have not come since. */
  readonly missing: number
}
