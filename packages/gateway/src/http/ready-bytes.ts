import type { Clock } from '@trinity/core'

/** A response as it is sent to everybody. */
export interface ReadyResponse {
  readonly status: number
  /** Shared by all responses. */
  readonly bytes: Buffer
}

/** How old a ready response may be. */
export const keptMs = 1000

/** Requests that go on in one turn of the event loop, of all that have waited for the same. */
const perTurn = 16

/** Makes a response at most once a second, whoever asks. One that could not be made is not kept. */
export function keepReady(clock: Clock, make: () => Promise<ReadyResponse>): () => Promise<ReadyResponse> {
  let kept: Promise<ReadyResponse> | undefined
  let goodUntil = 0
  const shared = shareMaking(async () => {
    const madeAt = clock.now()
    const made = await make()
    kept = Promise.resolve(made)
    goodUntil = madeAt + keptMs
    return made
  })
  return () => (kept !== undefined && clock.now() < goodUntil ? kept : shared())
}

/** Lets all who ask while something is made have that; a crowd goes on in several turns, so that nothing else has to wait for it. */
export function shareMaking<T>(make: () => Promise<T>): () => Promise<T> {
  let waiting: PromiseWithResolvers<T>[] = []

  function release(released: readonly PromiseWithResolvers<T>[], settle: (one: PromiseWithResolvers<T>) => void): void {
    for (const one of released.slice(0, perTurn)) settle(one)
    if (released.length > perTurn) setImmediate(() => release(released.slice(perTurn), settle))
  }

  function start(): void {
    const releaseAll = (settle: (one: PromiseWithResolvers<T>) => void): void => {
      const released = waiting
      waiting = []
      release(released, settle)
    }
    make().then(
      (made) => releaseAll(({ resolve }) => resolve(made)),
      (error: unknown) => releaseAll(({ reject }) => reject(error)),
    )
  }

  return () => {
    const one = deferred<T>()
    waiting.push(one)
    if (waiting.length === 1) start()
    return one.promise
  }
}

/** As `Promise.withResolvers` of later versions of Node. */
function deferred<T>(): PromiseWithResolvers<T> {
  let resolve: (value: T | PromiseLike<T>) => void = () => undefined
  let reject: (reason: unknown) => void = () => undefined
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}
