import type { LoadShedder } from './load-shedder.ts'
import { QueueDelay } from './queue-delay.ts'
import { type ShedderClocks, threadClocks } from './turn-shedder.ts'

/** So long a turn of the event loop works on requests before feeds, timers and datagrams have theirs, milliseconds. */
const maxSliceMs = 5

/** Reading the clock for each request would cost a percent of all. */
const readEach = 8

/** Requests of customers, and as many of others, that wait for their turn; one more is not taken. */
export const maxWaiting = 4096

interface Waiting<Request, Response> {
  readonly request: Request
  readonly response: Response
  /** CPU time. */
  readonly arrivedAt: number
}

/** Requests in the order in which they came. */
class Lane<Request, Response> {
  readonly delay: QueueDelay
  #waiting: Waiting<Request, Response>[] = []
  #next = 0

  constructor(targetMs: number) {
    this.delay = new QueueDelay(targetMs)
  }

  get length(): number {
    return this.#waiting.length - this.#next
  }

  push(waiting: Waiting<Request, Response>): void {
    this.#waiting.push(waiting)
  }

  shift(): Waiting<Request, Response> | undefined {
    const first = this.#waiting[this.#next]
    if (first === undefined) return undefined
    this.#next++
    if (this.#next === this.#waiting.length || this.#next >= maxWaiting) this.#forget()
    return first
  }

  #forget(): void {
    this.#waiting = this.#waiting.slice(this.#next)
    this.#next = 0
  }
}

/**
 * Gives requests their turns: at once as long as the event loop's turn has time, else in one of the next, those of customers first, in the
 * order in which they came. While one is worked on, {@link admit} says whether it came in time; a refusal costs next to nothing, so a
 * flood can't grow the queue.
 */
export class RequestQueue<Request, Response> implements LoadShedder {
  readonly #work: (request: Request, response: Response) => void
  readonly #isCustomer: (request: Request) => boolean
  readonly #clocks: ShedderClocks
  readonly #sliceMs: number
  readonly #customers: Lane<Request, Response>
  readonly #others: Lane<Request, Response>
  #turnStartedAt = -1
  #worked = 0
  #isFull = false
  #hasRefused = false
  #wasCalm = true
  #isInTime = true

  /**
   * @param isCustomer whether a request is to come before others; asked only where some have to wait
   * @param targetMs what a request may wait under load, in CPU time of the thread
   */
  constructor(
    work: (request: Request, response: Response) => void,
    isCustomer: (request: Request) => boolean,
    targetMs: number,
    clocks = threadClocks,
  ) {
    this.#work = work
    this.#isCustomer = isCustomer
    this.#clocks = clocks
    this.#sliceMs = Math.min(maxSliceMs, targetMs)
    this.#customers = new Lane(targetMs)
    this.#others = new Lane(targetMs)
  }

  /** Whether the request that is being worked on is to be answered, by how long it has waited. */
  admit(): boolean {
    this.#hasRefused ||= !this.#isInTime
    return this.#isInTime
  }

  /** Works on a request now, or, when this turn is full or `isLater`, in a later one; false where too many wait. */
  add(request: Request, response: Response, isLater = false): boolean {
    if (this.#turnStartedAt < 0) this.#startTurn()
    const hasTime = !isLater && !this.#isFull && this.#customers.length === 0
    if (hasTime && this.#others.length === 0) return this.#run(request, response, true)
    const isCustomer = this.#isCustomer(request)
    if (hasTime && isCustomer) return this.#run(request, response, true)
    const lane = isCustomer ? this.#customers : this.#others
    if (lane.length >= maxWaiting) {
      this.#hasRefused = true
      return false
    }
    const arrivedAt = this.#clocks.cpuMs()
    if (lane.length === 0 && this.#wasCalm) lane.delay.noteEmpty(arrivedAt)
    lane.push({ request, response, arrivedAt })
    return true
  }

  get #isEmpty(): boolean {
    return this.#customers.length === 0 && this.#others.length === 0
  }

  #startTurn(): void {
    this.#turnStartedAt = this.#clocks.elapsedMs()
    this.#worked = 0
    this.#isFull = false
    this.#hasRefused = false
    setImmediate(this.#endTurn)
  }

  readonly #endTurn = (): void => {
    this.#wasCalm = this.#isEmpty && !this.#hasRefused
    this.#turnStartedAt = -1
    if (this.#isEmpty) return
    this.#startTurn()
    const cpuMs = this.#clocks.cpuMs()
    for (const lane of [this.#customers, this.#others]) {
      while (!this.#isFull) {
        const first = lane.shift()
        if (first === undefined) break
        this.#run(first.request, first.response, lane.delay.isInTime(first.arrivedAt, cpuMs))
      }
    }
  }

  #run(request: Request, response: Response, isInTime: boolean): true {
    this.#isInTime = isInTime
    this.#work(request, response)
    if (++this.#worked < readEach || this.#worked % readEach === 0) this.#isFull = this.#clocks.elapsedMs() - this.#turnStartedAt >= this.#sliceMs
    return true
  }
}
