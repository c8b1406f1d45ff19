/** A queue that was never empty for so many targets is overloaded, and no burst. */
export const targetsOfBurst = 3

/**
 * Tells overload from a burst by how long work has waited, in the CPU time of the thread (controlled delay): a burst may wait for three
 * targets; in a queue that has not been empty for as long, nothing is worked on that has waited for more than one.
 */
export class QueueDelay {
  readonly #targetMs: number
  #emptyAt = -Infinity

  constructor(targetMs: number) {
    this.#targetMs = targetMs
  }

  /** The queue is empty, so whatever comes next starts a burst. */
  noteEmpty(cpuMs: number): void {
    this.#emptyAt = cpuMs
  }

  /** Whether work that arrived at `arrivedAt` is still worth doing. */
  isInTime(arrivedAt: number, cpuMs: number): boolean {
    const burstMs = targetsOfBurst * this.#targetMs
    return cpuMs - arrivedAt < (cpuMs - this.#emptyAt < burstMs ? burstMs : this.#targetMs)
  }
}
