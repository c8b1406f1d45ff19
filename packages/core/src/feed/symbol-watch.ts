import type { Random } from '../clock.ts'

/** What the feed knows of one symbol. `pending` until data came, never live by an ack alone. */
export type SymbolState = 'pending' | 'live' | 'rejected'

interface SymbolRecord {
  state: SymbolState
  acked: boolean
  /** When the last tick came, epoch milliseconds; 0 before the first. */
  tickedAt: number
  reason: string
  /** Times the symbol was asked for again on this connection. */
  attempts: number
  /** Times it was refused since it last ticked, on any connection. */
  refusals: number
  /** When to try again, epoch milliseconds. */
  dueAt: number
}

/** Waits of a symbol that gives nothing, milliseconds. */
export const symbolWaits = {
  /** Neither ack nor data. */
  unansweredMs: 10_000,
  /** Acked, no data. */
  muteMs: 60_000,
  longestMuteMs: 600_000,
  rejectedMs: 300_000,
  longestRejectedMs: 3_600_000,
} as const

/** Keeps the state of each symbol of a venue and says which are due for another try. */
export class SymbolWatch {
  readonly #records = new Map<string, SymbolRecord>()
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  state(symbol: string): SymbolState {
    return this.#records.get(symbol)?.state ?? 'pending'
  }

  /** Why the venue refused a symbol; empty for one that it did not. */
  reason(symbol: string): string {
    return this.#records.get(symbol)?.reason ?? ''
  }

  add(symbol: string): void {
    if (!this.#records.has(symbol))
      this.#records.set(symbol, { state: 'pending', acked: false, tickedAt: 0, reason: '', attempts: 0, refusals: 0, dueAt: Infinity })
  }

  remove(symbol: string): void {
    this.#records.delete(symbol)
  }

  /** The connection is new: whatever was true of the old one has to be shown again. */
  restart(symbol: string): void {
    const record = this.#records.get(symbol)
    if (record === undefined || record.state === 'rejected') return
    Object.assign(record, { state: 'pending', acked: false, attempts: 0, dueAt: Infinity })
  }

  sawTick(symbol: string, now: number): void {
    const record = this.#records.get(symbol)
    if (record === undefined) return
    record.state = 'live'
    record.tickedAt = now
    record.reason = ''
    record.attempts = 0
    record.refusals = 0
    record.dueAt = Infinity
  }

  sawAck(symbol: string): void {
    const record = this.#records.get(symbol)
    if (record === undefined) return
    record.acked = true
    if (record.state === 'rejected') record.state = 'pending'
  }

  sawReject(symbol: string, reason: string, now: number): void {
    const record = this.#records.get(symbol)
    if (record === undefined) return
    const wait = Math.min(symbolWaits.rejectedMs * 2 ** record.refusals, symbolWaits.longestRejectedMs)
    Object.assign(record, { state: 'rejected', reason, refusals: record.refusals + 1, dueAt: now + wait * (0.5 + this.#random() / 2) })
  }

  /** Rejected symbols whose time has come; they count as pending from now on. */
  takeRetries(now: number): string[] {
    const due: string[] = []
    for (const [symbol, record] of this.#records) {
      if (record.state !== 'rejected' || record.dueAt > now) continue
      record.state = 'pending'
      record.dueAt = Infinity
      due.push(symbol)
    }
    return due
  }

  /** Pending symbols that were asked for, by `askedAt`, and have stayed mute for too long; each counts as asked again now. */
  takeMute(now: number, askedAt: (symbol: string) => number | undefined): string[] {
    const due: string[] = []
    for (const [symbol, record] of this.#records) {
      const asked = record.state === 'pending' ? askedAt(symbol) : undefined
      if (asked === undefined) continue
      const wait = record.acked ? symbolWaits.muteMs : symbolWaits.unansweredMs
      if (now - asked < Math.min(wait * 2 ** record.attempts, symbolWaits.longestMuteMs)) continue
      record.attempts++
      due.push(symbol)
    }
    return due
  }
}
