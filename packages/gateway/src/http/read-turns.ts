import type { Socket } from 'node:net'

/** Requests that connections may send together in one turn of the event loop before those that may send many have to wait. */
export const requestsPerTurn = 64

/** Waiting connections that are read again in each turn. */
export const connectionsPerTurn = 4

/**
 * Keeps turns of the event loop short when many connections send many requests at once: Node would read and parse all of them in the
 * same turn. After {@link requestsPerTurn} it stops reading those that may send many: new ones, and those that sent several in one turn.
 * What they have sent stays with the kernel until it is their turn, in the order in which they were stopped. A connection that sends one
 * request at a time never waits.
 */
export class ReadTurns {
  /** Connections that may send many requests at once. */
  readonly #eager = new Set<Socket>()
  readonly #waiting = new Set<Socket>()
  /** Those whose turn it is: they are not stopped in it, or busy others could keep them waiting for ever. */
  #resumed: Socket[] = []
  #turn = 0
  #requests = 0
  #isTurnEnding = false

  /** Watches a new connection. @returns what is to be called with each request that it sends */
  watch(socket: Socket): () => void {
    let lastTurn = -1
    this.#eager.add(socket)
    socket.once('close', () => this.forget(socket))
    return () => {
      if (lastTurn === this.#turn) this.#eager.add(socket)
      else this.#eager.delete(socket)
      lastTurn = this.#turn
      if (++this.#requests === requestsPerTurn) this.#stopReading()
      this.#awaitEnd()
    }
  }

  /** Leaves a connection alone from now on. */
  forget(socket: Socket): void {
    this.#eager.delete(socket)
    this.#waiting.delete(socket)
  }

  #awaitEnd(): void {
    if (this.#isTurnEnding) return
    this.#isTurnEnding = true
    setImmediate(this.#endTurn)
  }

  #stopReading(): void {
    // To clear an empty set costs as much as a full one.
    if (this.#eager.size === 0) return
    for (const socket of this.#eager) {
      socket.pause()
      this.#waiting.add(socket)
    }
    this.#eager.clear()
  }

  readonly #endTurn = (): void => {
    this.#isTurnEnding = false
    this.#turn++
    this.#requests = 0
    for (const socket of this.#resumed) if (!socket.destroyed) this.#eager.add(socket)
    this.#resumed = []
    for (const socket of this.#waiting) {
      this.#waiting.delete(socket)
      socket.resume()
      if (this.#resumed.push(socket) === connectionsPerTurn) break
    }
    if (this.#resumed.length > 0) this.#awaitEnd()
  }
}
