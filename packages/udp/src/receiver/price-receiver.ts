import type { AddressInfo } from 'node:net'
import { UdpError } from '../error.ts'
import { ArrivalQueue } from './arrival-queue.ts'
import { type Arrived, checkDatagram, type Checked, checkSecret } from './datagram-check.ts'
import { EventIterators } from './event-iterators.ts'
import type { ReceivedEvent, ReceiverEvents, ReceiverStats } from './events.ts'
import { type Listener, Listeners } from './listeners.ts'
import { type CheckedOptions, type PriceReceiverOptions, withReceiverDefaults } from './options.ts'
import { Senders } from './sequences/senders.ts'
import type { ReceiveSocket } from './socket/receive-socket.ts'

/**
 * Receives pushed prices as datagrams: proves each genuine, tells copies from new ones, and tells what is missing. Take the events by
 * `for await` or by listeners of `event` and `price`; until one of them is there, and where there is an iterator whenever it is not
 * asked, all waits in a bounded queue. The order is that of arrival. The socket keeps the process alive until
 * {@link PriceReceiver.close}.
 */
export class PriceReceiver implements AsyncIterable<ReceivedEvent> {
  readonly #options: CheckedOptions
  readonly #queue: ArrivalQueue<Arrived, Checked>
  readonly #listeners = new Listeners<ReceiverEvents>()
  readonly #iterators = new EventIterators<ReceivedEvent>(() => this.#handOn())
  readonly #senders = new Senders()
  readonly #onAbort = (): void => void this.close()
  readonly #counts = { received: 0, dropped: 0, events: 0, late: 0, duplicates: 0, refused: 0, discarded: 0 }
  #socket!: ReceiveSocket
  #kernelDrops: number | undefined
  #isHandingOn = false
  #closing: Promise<void> | undefined

  private constructor(options: CheckedOptions) {
    this.#options = options
    this.#queue = new ArrivalQueue({
      size: options.queueSize,
      concurrency: options.concurrency,
      judge: (arrived) => checkDatagram(arrived, options),
      onReady: () => this.#handOn(),
    })
  }

  /**
   * Binds a socket.
   * @throws {@link UdpError} `SECRET_INVALID`, `BIND_FAILED`, `BAD_REQUEST`; the signal's reason.
   */
  static async bind(options: PriceReceiverOptions): Promise<PriceReceiver> {
    const { signal } = options
    signal?.throwIfAborted()
    const checked = withReceiverDefaults(options)
    await checkSecret(checked.secret, checked.environment.now())
    const receiver = new PriceReceiver(checked)
    await receiver.#open()
    if (signal?.aborted === true) {
      await receiver.close()
      signal.throwIfAborted()
    }
    signal?.addEventListener('abort', receiver.#onAbort, { once: true })
    return receiver
  }

  /** Where it listens. */
  get address(): AddressInfo {
    return this.#socket.address
  }

  /** The receive buffer as the system reports it. Linux counts its own bookkeeping in and so says twice what it granted: 8 MiB for 4. */
  get receiveBufferBytes(): number {
    return this.#socket.receiveBufferBytes
  }

  /** Adds a listener. What it throws is an uncaught exception of the process. */
  on<Name extends keyof ReceiverEvents>(name: Name, listener: Listener<ReceiverEvents[Name]>): this {
    this.#listeners.add(name, listener)
    // What waits goes to all who listen from this moment on, not to the first of them alone.
    queueMicrotask(() => this.#handOn())
    return this
  }

  off<Name extends keyof ReceiverEvents>(name: Name, listener: Listener<ReceiverEvents[Name]>): this {
    this.#listeners.remove(name, listener)
    return this
  }

  stats(): ReceiverStats {
    const kernelDrops = this.#closing === undefined ? this.#socket.kernelDrops() : this.#kernelDrops
    return { ...this.#counts, kernelDrops, waiting: this.#queue.length, missing: this.#senders.missing }
  }

  /**
   * Events one by one, until the receiver is closed. Several iterators share them. It throws {@link UdpError} `SOCKET_FAILED` where the
   * socket did.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<ReceivedEvent, undefined> {
    return this.#iterators.iterate()
  }

  /** Closes the socket and ends all iterators; what still waits is discarded and counted. May be called again. */
  close(): Promise<void> {
    return this.#close(undefined)
  }

  async #open(): Promise<void> {
    const { host, port, receiveBufferBytes, environment } = this.#options
    try {
      this.#socket = await environment.openSocket(host, port, receiveBufferBytes, {
        message: (datagram, from) => this.#receive({ datagram, from }),
        failure: (cause) => void this.#close(new UdpError('SOCKET_FAILED', `The socket failed: ${cause.message}. Bind a new receiver.`, { cause })),
      })
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new UdpError('BIND_FAILED', `Can't listen on ${host}, port ${port}: ${reason}. Check both, and what else listens there.`, { cause })
    }
  }

  #close(error: UdpError | undefined): Promise<void> {
    this.#closing ??= this.#shut(error)
    return this.#closing
  }

  async #shut(error: UdpError | undefined): Promise<void> {
    this.#options.signal?.removeEventListener('abort', this.#onAbort)
    this.#kernelDrops = this.#socket.kernelDrops()
    this.#counts.discarded = this.#queue.clear()
    const closed = this.#socket.close()
    this.#iterators.end(error)
    await closed
    this.#listeners.tell('close', { error })
  }

  #receive(arrived: Arrived): void {
    if (this.#closing !== undefined) return
    if (this.#queue.put(arrived)) this.#counts.received++
    else this.#listeners.tell('drop', { dropped: ++this.#counts.dropped })
  }

  /** Whether somebody takes an event now. An iterator sets the pace where there is one. */
  #isWanted(): boolean {
    if (this.#iterators.open > 0) return this.#iterators.isWaiting
    return this.#listeners.has('event') || this.#listeners.has('price')
  }

  #handOn(): void {
    // A listener may ask an iterator, and must not get the next event before others have got this one.
    if (this.#isHandingOn) return
    this.#isHandingOn = true
    while (this.#isWanted()) {
      const checked = this.#queue.take()
      if (checked === undefined) break
      if ('error' in checked) this.#refuse(checked)
      else this.#accept(checked)
    }
    this.#isHandingOn = false
  }

  #refuse(refused: ReceiverEvents['refused']): void {
    this.#counts.refused++
    this.#listeners.tell('refused', refused)
  }

  #accept({ event, wasHandled }: Extract<Checked, { event: unknown }>): void {
    const { kind, missing, restarted, subscription } = this.#senders.take(event)
    if (restarted === true) this.#listeners.tell('restart', { subscription })
    if (missing !== undefined) this.#listeners.tell('gap', { ...missing, count: missing.last - missing.first + 1, subscription })
    if (kind === 'duplicate' || wasHandled) {
      this.#counts.duplicates++
      this.#listeners.tell('duplicate', event)
      return
    }
    const late = kind === 'late'
    this.#counts.events++
    if (late) this.#counts.late++
    const received: ReceivedEvent = { ...event, late }
    this.#listeners.tell('event', received)
    if (received.type === 'price.update') this.#listeners.tell('price', received)
    this.#iterators.give(received)
  }
}
