import type { Clock } from '@trinity/core'
import type { Line } from './line.ts'
import type { Crowd } from './pace/crowd.ts'
import type { Standing } from './pace/trials.ts'
import type { Fare } from './stream-meter.ts'
import type { Topic } from './topic.ts'

/** A topic, all who hold it, and those of them who are up to date and want to hear of the next change. */
export class Audience {
  readonly topic: Topic
  readonly holders = new Set<Subscription>()
  /** Those who have proved quick hear of a change before all others. */
  readonly quick = new Set<Subscription>()
  readonly others = new Set<Subscription>()

  constructor(topic: Topic) {
    this.topic = topic
  }

  /** Tells what is new to all who listen. */
  tell(): void {
    for (const subscription of this.quick) subscription.reader.tell(subscription)
    for (const subscription of this.others) subscription.reader.tell(subscription)
  }
}

/** What one reader was told of a topic. */
export class Subscription {
  readonly reader: Reader
  readonly audience: Audience
  priceVersion: number
  statusVersion: number
  /** Version of the price since which it waits. */
  dueVersion = 0

  constructor(reader: Reader, audience: Audience) {
    this.reader = reader
    this.audience = audience
    this.priceVersion = audience.topic.priceVersion
    this.statusVersion = audience.topic.statusVersion
  }

  listen(): void {
    const { quick, others } = this.audience
    if (this.reader.standing === 'quick') quick.add(this)
    else others.add(this)
  }

  rest(): void {
    this.audience.quick.delete(this)
    this.audience.others.delete(this)
  }
}

/** Filler in place of each change that a new reader misses: it shows that it can take twice what there is. */
const fillPerMissed = 2

/**
 * One stream and what it was told. While its line is full or others have their turn nothing is kept for it: it is then told the
 * newest of each asset that has changed meanwhile, and what came in between is gone.
 */
export class Reader {
  readonly line: Line
  readonly subscriptions = new Map<Topic, Subscription>()
  readonly fare: Fare
  /** Subscriptions with something to hear, longest wait first; they do not listen. */
  readonly #behind = new Set<Subscription>()
  readonly #clock: Clock
  readonly #crowd: Crowd
  #standing: Standing = 'new'

  constructor(fare: Fare, clock: Clock, crowd: Crowd, openLine: (onRoom: () => void) => Line) {
    this.fare = fare
    this.#clock = clock
    this.#crowd = crowd
    this.line = openLine(() => this.#goOn())
  }

  get standing(): Standing {
    return this.#standing
  }

  get isDue(): boolean {
    return this.#behind.size > 0 && this.line.hasRoom
  }

  /** Takes a topic as it stands now; its changes follow. */
  add(audience: Audience): void {
    const subscription = new Subscription(this, audience)
    this.subscriptions.set(audience.topic, subscription)
    audience.holders.add(subscription)
    subscription.listen()
  }

  drop(subscription: Subscription): void {
    this.subscriptions.delete(subscription.audience.topic)
    subscription.audience.holders.delete(subscription)
    subscription.rest()
    this.#behind.delete(subscription)
  }

  /** Tells what a subscription has not heard yet; without room or turn it stops listening until there is some. */
  tell(subscription: Subscription): void {
    if (this.line.hasRoom && this.#standing === 'quick') {
      this.#write(subscription)
      return
    }
    subscription.rest()
    subscription.dueVersion = subscription.audience.topic.priceVersion
    this.#behind.add(subscription)
    if (this.line.hasRoom) this.#crowd.add(this)
  }

  catchUp(most: number): number {
    let told = 0
    for (const subscription of this.#behind) {
      if (told >= most || !this.line.hasRoom) break
      this.#behind.delete(subscription)
      this.#write(subscription)
      subscription.listen()
      told++
    }
    return told
  }

  /** Changes how it is served from now on. */
  stand(standing: Standing): void {
    this.#standing = standing
    for (const subscription of this.subscriptions.values()) {
      if (this.#behind.has(subscription)) continue
      subscription.rest()
      subscription.listen()
    }
    this.#goOn()
  }

  #goOn(): void {
    if (this.#standing === 'quick') this.catchUp(Infinity)
    else if (this.isDue) this.#crowd.add(this)
  }

  #write(subscription: Subscription): void {
    const { topic } = subscription.audience
    if (subscription.statusVersion !== topic.statusVersion) {
      subscription.statusVersion = topic.statusVersion
      if (topic.statusMessage !== undefined) this.line.write(topic.statusMessage)
    }
    if (subscription.priceVersion !== topic.priceVersion) {
      subscription.priceVersion = topic.priceVersion
      const message = topic.priceMessage(this.#clock.now())
      const missed = this.#standing === 'new' ? topic.priceVersion - subscription.dueVersion : 0
      if (message !== undefined) this.line.write(message, fillPerMissed * missed)
    }
  }
}
