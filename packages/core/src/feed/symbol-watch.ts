import type { Random } from '../clock.ts'

/** What the feed knows of one symbol. `pending` until data came, never live by an ack alone; `rejected` until it is tried again. */
export type SymbolState = 'pending' | 'live' | 'rejected'

interface SymbolRecord {
  state: SymbolState
  acked: boolean
  reason: string
  /** Times the symbol was asked for again on this connection. */
  attempts: number
  /** Times it was refused since it last traded, on any connection. */
  refusals: number
  /** When to try again, on `Clock.now`. */
  dueAt: number
  /** Since when it trades without its stream showing it; 0 = it does not. */
  silentSince: number
  /** How often it was found silent since its last live trade, and since its connection was last replaced for it. */
  silences: number
  silencesHere: number
  /** Times its connection was replaced for it, without a live trade since. */
  rotations: number
}

/** Waits of a symbol that gives nothing, milliseconds. */
export const symbolWaits = {
  /** Neither ack nor data. */
  unansweredMs: 10_000,
  /** Acked, no data. */
  muteMs: 60_000,
  maxMuteMs: 600_000,
  rejectedMs: 300_000,
  maxRejectedMs: 3_600_000,
  /** Times a silent symbol is asked for again before its connection is replaced. */
  resubscriptions: 2,
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
      this.#records.set(symbol, {
        state: 'pending',
        acked: false,
        reason: '',
        attempts: 0,
        refusals: 0,
        dueAt: Infinity,
        silentSince: 0,
        silences: 0,
        silencesHere: 0,
        rotations: 0,
      })
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

  /**
   * A rejected symbol stays so: a trade in flight says nothing of the next connection, and only another try has it asked for there.
   * @param isLive whether the tick was no snapshot: a silent stream may still answer requests
   */
  sawTick(symbol: string, isLive = true): void {
    const record = this.#records.get(symbol)
    if (record === undefined) return
    if (isLive) Object.assign(record, { refusals: 0, silentSince: 0, silences: 0, silencesHere: 0, rotations: 0 })
    if (record.state === 'rejected') return
    record.state = 'live'
    record.reason = ''
    record.attempts = 0
    record.refusals = 0
    record.dueAt = Infinity
  }

  /** A symbol trades, and its stream does not show it. Returns since when. */
  sawSilence(symbol: string, now: number): number {
    const record = this.#records.get(symbol)
    if (record === undefined) return now
    if (record.silences === 0) record.silentSince = now
    record.silences++
    record.silencesHere++
    return record.silentSince
  }

  /** How often a symbol was found silent since its last live trade. */
  silences(symbol: string): number {
    return this.#records.get(symbol)?.silences ?? 0
  }

  /** Whether a silent symbol may be asked for again before its connection is replaced. */
  mayAskAgain(symbol: string): boolean {
    return (this.#records.get(symbol)?.silencesHere ?? 0) <= symbolWaits.resubscriptions
  }

  /** Whether it is time to replace the connection: after two requests in vain, later ever more rarely. */
  isInVain(symbol: string): boolean {
    const { silencesHere, rotations } = this.#records.get(symbol) ?? { silencesHere: 0, rotations: 0 }
    return silencesHere > symbolWaits.resubscriptions * 2 ** Math.min(rotations, 4)
  }

  /** The connection is replaced because of silent symbols. */
  sawRotation(symbol: string): void {
    const record = this.#records.get(symbol)
    if (record === undefined || record.silences === 0) return
    record.silencesHere = 0
    record.rotations++
  }

  sawAck(symbol: string): void {
    const record = this.#records.get(symbol)
    if (record !== undefined && record.state !== 'rejected') record.acked = true
  }

  sawReject(symbol: string, reason: string, now: number): void {
    const record = this.#records.get(symbol)
    // Nothing was asked since, so the venue says it again.
    if (record === undefined || record.state === 'rejected') return
    const wait = Math.min(symbolWaits.rejectedMs * 2 ** record.refusals, symbolWaits.maxRejectedMs)
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
      // One that is known to trade is reported as silent instead.
      const asked = record.state === 'pending' && record.silences === 0 ? askedAt(symbol) : undefined
      if (asked === undefined) continue
      const wait = record.acked ? symbolWaits.muteMs : symbolWaits.unansweredMs
      if (now - asked < Math.min(wait * 2 ** record.attempts, symbolWaits.maxMuteMs)) continue
      record.attempts++
      due.push(symbol)
    }
    return due
  }
}
