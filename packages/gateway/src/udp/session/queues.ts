/**
 * Doubly linked queues over numbered nodes, in typed arrays: each step costs the same however long a queue is, nothing is allocated, and
 * memory that was never used is never touched. Nodes count from 1; 0 stands for none. A node is in one queue at most.
 */
export class Queues {
  readonly #older: Int32Array
  readonly #newer: Int32Array
  readonly #oldest: Int32Array
  readonly #newest: Int32Array
  readonly #lengths: Int32Array

  constructor(nodes: number, queues: number) {
    this.#older = new Int32Array(nodes + 1)
    this.#newer = new Int32Array(nodes + 1)
    this.#oldest = new Int32Array(queues)
    this.#newest = new Int32Array(queues)
    this.#lengths = new Int32Array(queues)
  }

  get bytes(): number {
    return 4 * (this.#older.length + this.#newer.length + 3 * this.#oldest.length)
  }

  length(queue: number): number {
    return this.#lengths[queue] ?? 0
  }

  /** The node that was put in first of those still in; 0 when empty. */
  oldest(queue: number): number {
    return this.#oldest[queue] ?? 0
  }

  /** Puts a node that is in no queue at the newest end. */
  add(queue: number, node: number): void {
    const newest = this.#newest[queue] ?? 0
    this.#older[node] = newest
    this.#newer[node] = 0
    if (newest === 0) this.#oldest[queue] = node
    else this.#newer[newest] = node
    this.#newest[queue] = node
    this.#lengths[queue] = this.length(queue) + 1
  }

  /** Takes a node out of the queue that it is in. */
  remove(queue: number, node: number): void {
    const older = this.#older[node] ?? 0
    const newer = this.#newer[node] ?? 0
    if (older === 0) this.#oldest[queue] = newer
    else this.#newer[older] = newer
    if (newer === 0) this.#newest[queue] = older
    else this.#older[newer] = older
    this.#lengths[queue] = this.length(queue) - 1
  }

  /** Makes a node of a queue its newest. */
  renew(queue: number, node: number): void {
    if (this.#newest[queue] === node) return
    this.remove(queue, node)
    this.add(queue, node)
  }
}
