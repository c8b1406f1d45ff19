import type { Clock } from '@trinity/core'
import type { Line } from './line.ts'
import { type Message } from './message.ts'
import type { Topic } from './topic.ts'

/** What one reader was told of a topic. */
export class Subscription {
  readonly reader: Reader
  readonly topic: Topic
  priceVersion: number
  statusVersion: number

  constructor(reader: Reader, topic: Topic) {
    this.reader = reader
    this.topic = topic
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

  /** Starts with these topics: the message tells how they stand, and from now on their changes follow. */
  add(topics: readonly Topic[], snapshot: Message): void {
    for (const topic of topics) this.subscriptions.set(topic, new Subscription(this, topic))
    this.line.write(snapshot)
  }

  /** Tells what a subscription has not heard yet, as far as the line has room. */
  tell(subscription: Subscription): void {
    const { topic } = subscription
    if (!this.line.hasRoom) return
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
      this.tell(subscription)
    }
  }
}
