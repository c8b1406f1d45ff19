import type { Clock } from '@trinity/core'
import type { Line } from './line.ts'
import type { Topic } from './topic.ts'

/** What one reader was told of a topic. */
export class Subscription {
  readonly reader: Reader
  readonly topic: Topic
  /** Who is told of the topic's next change; a reader that is behind is not among them. */
  readonly listeners: Set<Subscription>
  priceVersion: number
  statusVersion: number

  constructor(reader: Reader, topic: Topic, listeners: Set<Subscription>) {
    this.reader = reader
    this.topic = topic
    this.listeners = listeners
    this.priceVersion = topic.priceVersion
    this.statusVersion = topic.statusVersion
  }
}

/**
 * One stream and what it was told. While its line is full nothing is kept for it: when there is room again it is told the
 * newest of each asset that has changed meanwhile, and what came in between is gone.
 */
export class Reader {
  readonly line: Line
  readonly subscriptions = new Map<Topic, Subscription>()
  readonly #clock: Clock

  constructor(clock: Clock, openLine: (onRoom: () => void) => Line) {
    this.#clock = clock
    this.line = openLine(() => this.#catchUp())
  }

  /** Takes a topic as it stands now; its changes follow. */
  add(topic: Topic, listeners: Set<Subscription>): Subscription {
    const subscription = new Subscription(this, topic, listeners)
    this.subscriptions.set(topic, subscription)
    return subscription
  }

  /** Tells what a subscription has not heard yet; without room it stops listening until there is some. */
  tell(subscription: Subscription): void {
    const { topic } = subscription
    if (!this.line.hasRoom) return void subscription.listeners.delete(subscription)
    if (subscription.statusVersion !== topic.statusVersion) {
      subscription.statusVersion = topic.statusVersion
      if (topic.statusMessage !== undefined) this.line.write(topic.statusMessage)
    }
    if (subscription.priceVersion !== topic.priceVersion) {
      subscription.priceVersion = topic.priceVersion
      const message = topic.priceMessage(this.#clock.now())
      if (message !== undefined) this.line.write(message)
    }
  }

  #catchUp(): void {
    for (const subscription of this.subscriptions.values()) {
      if (!this.line.hasRoom) return
      subscription.listeners.add(subscription)
      this.tell(subscription)
    }
  }
}
