import type { Quote } from '../wire/quote-reader.ts'

/** A query under way, over all its attempts. */
export class Call {
  readonly assets: readonly string[]
  /** Ids it was sent with in the present session: an answer to an earlier attempt is an answer too. */
  readonly requestIds: number[] = []
  readonly timeoutMs: number
  readonly startedAt: number
  attemptsLeft: number
  /** New sessions it may be sent in again. */
  renewalsLeft: number
  /** Stops waiting for the present attempt. */
  cancelTimer = (): void => {}
  readonly #resolve: (quotes: readonly Quote[]) => void
  readonly #reject: (error: unknown) => void
  readonly #signal: AbortSignal | undefined
  readonly #onAbort: () => void

  constructor(request: CallRequest, settle: CallSettling) {
    this.assets = request.assets
    this.timeoutMs = request.timeoutMs
    this.startedAt = request.startedAt
    this.attemptsLeft = request.attempts
    this.renewalsLeft = request.attempts
    this.#resolve = settle.resolve
    this.#reject = settle.reject
    this.#signal = request.signal
    this.#onAbort = () => settle.aborted(this)
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  resolve(quotes: readonly Quote[]): void {
    this.#end()
    this.#resolve(quotes)
  }

  reject(error: unknown): void {
    this.#end()
    this.#reject(error)
  }

  #end(): void {
    this.cancelTimer()
    this.#signal?.removeEventListener('abort', this.#onAbort)
  }
}

/** What a {@link Call} asks for. */
export interface CallRequest {
  readonly assets: readonly string[]
  readonly timeoutMs: number
  readonly attempts: number
  readonly signal: AbortSignal | undefined
  /** By the elapsed time of the environment. */
  readonly startedAt: number
}

/** Who waits for a {@link Call}. */
export interface CallSettling {
  readonly resolve: (quotes: readonly Quote[]) => void
  readonly reject: (error: unknown) => void
  readonly aborted: (call: Call) => void
}
