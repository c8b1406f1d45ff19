import type { Call } from './call.ts'

/** The queries under way, and by which request ids they may be answered. */
export class Calls {
  readonly #all = new Set<Call>()
  readonly #byRequestId = new Map<number, Call>()

  add(call: Call): void {
    this.#all.add(call)
  }

  /** Notes that a query was sent with this id, too. */
  sent(call: Call, requestId: number): void {
    call.requestIds.push(requestId)
    this.#byRequestId.set(requestId, call)
  }

  of(requestId: number): Call | undefined {
    return this.#byRequestId.get(requestId)
  }

  settle(call: Call, end: (call: Call) => void): void {
    this.#all.delete(call)
    for (const requestId of call.requestIds) this.#byRequestId.delete(requestId)
    end(call)
  }

  settleAll(end: (call: Call) => void): void {
    for (const call of this.#all) this.settle(call, end)
  }

  /** Forgets the request ids of the session before and does with each query what is to be done in the new one. */
  renew(again: (call: Call, wasSent: boolean) => void): void {
    this.#byRequestId.clear()
    for (const call of this.#all) {
      call.cancelTimer()
      again(call, call.requestIds.splice(0).length > 0)
    }
  }
}
