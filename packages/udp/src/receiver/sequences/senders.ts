import { memoryReplay, type WebhookEvent } from '@trinity/webhook-client'
import { SequenceWindow, type SequenceVerdict } from './sequence-window.ts'

/** What an event means to those that came before from its sender. */
export interface ArrivalVerdict extends SequenceVerdict {
  /** The `subscription_id` of the body, where it has one. */
  readonly subscription: string | undefined
}

/**
 * The senders behind one secret and what came from each. Events with different `subscription_id` are counted apart; without one
 * there is one count. An event without `sequence` is told from its copies by its id.
 */
export class Senders {
  /** By subscription, the one heard from longest ago first. */
  readonly #windows = new Map<string | undefined, SequenceWindow>()
  readonly #ids = memoryReplay(idsMost)
  /** Of senders that were forgotten. */
  #missingBefore = 0

  /** Sequences that were reported missing and have not come since. */
  get missing(): number {
    let sum = this.#missingBefore
    for (const window of this.#windows.values()) sum += window.missing
    return sum
  }

  take(event: WebhookEvent): ArrivalVerdict {
    const { subscription_id: id, sequence, timestamp } = fieldsOf(event)
    const subscription = typeof id === 'string' ? id : undefined
    const isRepeated = this.#ids.seen(event.id) === true
    this.#ids.commit(event.id)
    if (typeof sequence === 'number' && Number.isSafeInteger(sequence) && sequence >= 0) {
      const madeAt = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN
      return { ...this.#windowOf(subscription).take(sequence, Number.isNaN(madeAt) ? event.sentAt : madeAt, isRepeated), subscription }
    }
    return { kind: isRepeated ? 'duplicate' : 'next', subscription }
  }

  #windowOf(subscription: string | undefined): SequenceWindow {
    const window = this.#windows.get(subscription) ?? new SequenceWindow()
    this.#windows.delete(subscription)
    this.#windows.set(subscription, window)
    if (this.#windows.size > sendersMost) {
      const [oldest] = this.#windows
      this.#missingBefore += oldest?.[1].missing ?? 0
      this.#windows.delete(oldest?.[0])
    }
    return window
  }
}

/** A window takes 8 KiB. */
const sendersMost = 1024
const idsMost = 10_000

/** The fields of the body, whatever its type. */
function fieldsOf(event: WebhookEvent): Readonly<Record<string, unknown>> {
  const fields: unknown = event.type === 'unknown' ? event.body : event
  return typeof fields === 'object' && fields !== null ? (fields as Readonly<Record<string, unknown>>) : {}
}
