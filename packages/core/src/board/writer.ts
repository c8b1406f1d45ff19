import { EventEmitter } from 'eventemitter3'
import { equalDecimals, isPriceText, maxPriceBytes } from '../decimal.ts'
import type { EvidenceTier } from '../price.ts'
import { type Board, slotStart } from './board.ts'
import { type TimeBase, leadMs, plainTime } from '../venue/time-base.ts'
import { type Evidence, type ListingRecord, type Verdict, asOf, isAfterReadings, judge, provedAt, shownProof } from './evidence.ts'
import { slotWord, textBytes, unknownTime } from './layout.ts'
import { noteWallAhead } from './unseen-sleep.ts'

/** What a slot is for, fixed while a listing holds it. */
export interface SlotTerms {
  readonly currencyCode: number
  readonly freshnessLimitMs: number
}

/** `price` comes after each change of a shown price or its confirmation, with the slot. */
export interface BoardWriterEvents {
  price: (slot: number) => void
}

/** Counts of evidence that never reached the board. */
export interface BoardRefusals {
  future: number
  notAPrice: number
}

const tierNumbers: Record<EvidenceTier, number> = { L1_MEMORY: 1, L2_VALKEY: 2, L3_REST: 3 }

/** The only writer of a board; it lives on the thread that runs the feeds. */
export class BoardWriter extends EventEmitter<BoardWriterEvents> {
  readonly refusals: BoardRefusals = { future: 0, notAPrice: 0 }
  readonly #board: Board
  readonly #unconfirmedMs: number
  readonly #time: TimeBase
  readonly #records: (ListingRecord | undefined)[] = []
  readonly #terms: (SlotTerms | undefined)[] = []
  readonly #freshSince: number[] = []
  readonly #text = new Uint8Array(textBytes)
  readonly #textWords = new Int32Array(this.#text.buffer)

  /** When time may have been lost last: what was asked for before then says nothing of how things stand. */
  #lostTimeAt = -Infinity

  /**
   * @param unconfirmedMs age of a confirmation after which an untimed reading may correct a price
   * @param time what venues' times are judged by
   */
  constructor(board: Board, unconfirmedMs: number, time: TimeBase = plainTime) {
    super()
    this.#board = board
    this.#unconfirmedMs = unconfirmedMs
    this.#time = time
  }

  /** Gives a slot to a listing, empty; the generation tells its readers from those of the slot's last holder. */
  open(slot: number, terms: SlotTerms): number {
    this.#records[slot] = {
      price: '',
      orderAt: -Infinity,
      id: null,
      untimedAsOf: -Infinity,
      refusedAsOf: -Infinity,
      confirmedAt: 0,
      confirmedByNode: -Infinity,
      leadMs: 0,
      confirmedAtMost: Infinity,
      feedSeenAt: 0,
      feedLive: false,
      halted: false,
    }
    this.#terms[slot] = terms
    this.#freshSince[slot] = 0
    const { words } = this.#board
    const start = slotStart(slot)
    const generation = (Atomics.load(words, start + slotWord.generation) + 1) | 0
    this.#write(slot, () => {
      Atomics.store(words, start + slotWord.generation, generation)
      Atomics.store(words, start + slotWord.meta, 0)
      Atomics.store(words, start + slotWord.freshnessLimitMs, terms.freshnessLimitMs)
    })
    return generation
  }

  /** Judges evidence and, where it counts, writes it. Feeds must say so with `fromFeed`, also for what turns out old. */
  apply(slot: number, offered: Evidence, now: number, fromFeed = false): Verdict {
    const record = this.#records[slot]
    if (record === undefined) return 'ignored'
    const isBesideRefused = (asOf(offered) ?? Infinity) <= record.refusedAsOf
    const isVoid = (offered.askedAt ?? Infinity) < this.#lostTimeAt || isBesideRefused
    const evidence = isVoid ? { ...offered, askedAt: undefined, asOf: undefined } : offered
    // A plug-in's price may be anything.
    if (typeof evidence.price !== 'string' || evidence.price.length > maxPriceBytes || !isPriceText(evidence.price)) {
      this.refusals.notAPrice++
      return 'ignored'
    }
    const isOld = isBesideRefused && record.price !== ''
    const verdict = isOld ? 'ignored' : judge(evidence, record, now, this.#unconfirmedMs, this.#time)
    // A trade from the future shows a wrong clock, not that the feed delivers.
    if (fromFeed && verdict !== 'future') {
      record.feedSeenAt = now
      record.feedLive = true
    }
    if (verdict === 'future') {
      this.refusals.future++
      record.refusedAsOf = Math.max(record.refusedAsOf, asOf(evidence) ?? -Infinity)
    }
    const isOther = verdict === 'replaces' || verdict === 'reprices'
    if (isOther || verdict === 'confirms') {
      const proof = provedAt(evidence, now, this.#time, record.halted)
      this.#noteOwnProof(evidence, record)
      if (isOther) this.#replace(slot, record, evidence, proof, now)
      else this.confirm(slot, proof, evidence.tier, now)
      if (record.confirmedAt === proof) record.leadMs = leadMs(evidence.delayMs)
    }
    const isReading = evidence.at === null && (verdict === 'replaces' || verdict === 'confirms')
    if (isReading) record.untimedAsOf = Math.max(record.untimedAsOf, asOf(evidence) ?? -Infinity)
    return verdict
  }

  /** Proves the shown price once more, as of `confirmedAt`; an older proof than the known one changes nothing. */
  confirm(slot: number, confirmedAt: number, tier: EvidenceTier, now: number): void {
    const record = this.#records[slot]
    if (record === undefined || record.price === '' || confirmedAt <= shownProof(record)) return
    const knownAt = record.confirmedAt
    this.#confirmAt(slot, record, Math.max(knownAt, confirmedAt), now)
    if (confirmedAt < knownAt) record.confirmedAtMost = confirmedAt
    const { words } = this.#board
    const start = slotStart(slot)
    const meta = (Atomics.load(words, start + slotWord.meta) & ~255) | tierNumbers[tier]
    this.#write(slot, () => {
      Atomics.store(words, start + slotWord.meta, meta)
      this.#storeConfirmation(slot, record)
    })
    this.emit('price', slot)
  }

  /** Says that the feed no longer delivers a listing, so that a reading may speak for it. */
  markFeedDown(slot: number): void {
    const record = this.#records[slot]
    if (record !== undefined) record.feedLive = false
  }

  /** Says whether the venue has halted the market of a listing: readings then prove nothing. */
  setHalted(slot: number, halted: boolean): void {
    const record = this.#records[slot]
    if (record !== undefined) record.halted = halted
  }

  /** Leaves every price stale until its next proof, `lostMs` older than it seemed. */
  unconfirmAll(lostMs: number, now: number): void {
    this.#loseTime(lostMs, now, (slot) => now - (this.#terms[slot]?.freshnessLimitMs ?? 0) - 1)
  }

  /** Makes every price older: time has passed that {@link Clock.now} does not show. */
  ageAll(lostMs: number, now: number): void {
    this.#loseTime(lostMs, now, () => Infinity)
  }

  /** Says how the wall clock stands to the steady one, once {@link unconfirmAll} and {@link ageAll} were told what that means. */
  noteWallAhead(wallAheadMs: number): void {
    noteWallAhead(this.#board, wallAheadMs)
  }

  /** Makes the price of a listing older where it was proved by the venue's clock, which is ahead by `aheadMs`, more than was known then. */
  ageByLead(slot: number, aheadMs: number): void {
    const record = this.#records[slot]
    if (record === undefined || record.price === '' || aheadMs <= record.leadMs || record.confirmedAt <= record.confirmedByNode) return
    record.confirmedAt = Math.max(record.confirmedAt - aheadMs + record.leadMs, record.confirmedByNode)
    record.leadMs = aheadMs
    this.#write(slot, () => this.#storeConfirmation(slot, record))
    this.emit('price', slot)
  }

  /** Forgets which trades readings have shown to be older, or from the future: they were placed by another time than that of now. */
  forgetReadings(): void {
    for (const record of this.#records) if (record !== undefined) record.untimedAsOf = record.refusedAsOf = -Infinity
  }

  /** When the shown price was last proved, on the clock that is never set; 0 while there is none. */
  confirmedAt(slot: number): number {
    const record = this.#records[slot]
    return record === undefined ? 0 : shownProof(record)
  }

  /** The shown price; empty while there is none. */
  price(slot: number): string {
    return this.#records[slot]?.price ?? ''
  }

  /** When the feed last delivered a listing, on the clock that is never set; 0 before the first time. */
  feedSeenAt(slot: number): number {
    return this.#records[slot]?.feedSeenAt ?? 0
  }

  #loseTime(lostMs: number, now: number, latest: (slot: number) => number): void {
    if (lostMs > 0) this.#lostTimeAt = now
    for (const [slot, record] of this.#records.entries()) {
      if (record === undefined || record.price === '') continue
      record.confirmedAt -= lostMs
      record.confirmedByNode -= lostMs
      record.confirmedAtMost = Math.min(record.confirmedAtMost, latest(slot))
      record.untimedAsOf -= lostMs
      record.refusedAsOf -= lostMs
      this.#write(slot, () => storeTime(this.#board.words, slotStart(slot) + slotWord.confirmedAt, shownProof(record)))
      this.emit('price', slot)
    }
  }

  #noteOwnProof(evidence: Evidence, record: ListingRecord): void {
    const proof = evidence.isByVenue === true || record.halted ? -Infinity : (asOf(evidence) ?? -Infinity)
    const isSame = record.price !== '' && equalDecimals(evidence.price, record.price)
    record.confirmedByNode = isSame ? Math.max(record.confirmedByNode, proof) : proof
  }

  #replace(slot: number, record: ListingRecord, evidence: Evidence, proof: number, now: number): void {
    // The same price from a trade that is named only now stays as proved as it was.
    const provedBefore = record.price !== '' && equalDecimals(evidence.price, record.price) ? record.confirmedAt : 0
    record.price = evidence.price
    if (evidence.at !== null) {
      const orderAt = evidence.orderAt ?? evidence.at
      // What is later than this trade is later than the readings too, also where the venue's delay is known better by then.
      if (isAfterReadings(evidence, orderAt, record, this.#time)) record.untimedAsOf = -Infinity
      record.orderAt = orderAt
      record.id = evidence.id
    }
    this.#confirmAt(slot, record, Math.max(provedBefore, proof), now)
    const { words } = this.#board
    const start = slotStart(slot)
    const id = evidence.at !== null && evidence.id !== null && evidence.id.length <= textBytes ? evidence.id : ''
    const currency = this.#terms[slot]?.currencyCode ?? 255
    this.#write(slot, () => {
      Atomics.store(words, start + slotWord.meta, tierNumbers[evidence.tier] | (currency << 8) | (evidence.price.length << 16) | (id.length << 24))
      storeTime(words, start + slotWord.tradeTime, evidence.at === null ? unknownTime : Math.min(evidence.at, now + this.#time.offsetMs))
      this.#storeConfirmation(slot, record)
      this.#storeText(start + slotWord.price, evidence.price)
      this.#storeText(start + slotWord.id, id)
    })
    this.emit('price', slot)
  }

  /** Keeps the time since when a listing is fresh: a price that comes back from stale starts it anew. */
  #confirmAt(slot: number, record: ListingRecord, confirmedAt: number, now: number): void {
    const wasStale = record.confirmedAt > 0 && now - shownProof(record) > (this.#terms[slot]?.freshnessLimitMs ?? 0)
    if (wasStale) this.#freshSince[slot] = now
    record.confirmedAt = confirmedAt
    record.confirmedAtMost = Infinity
  }

  #storeConfirmation(slot: number, record: ListingRecord): void {
    const start = slotStart(slot)
    const confirmedAt = shownProof(record)
    storeTime(this.#board.words, start + slotWord.confirmedAt, confirmedAt)
    storeTime(this.#board.words, start + slotWord.confirmedUtc, confirmedAt + this.#time.offsetMs)
    storeTime(this.#board.words, start + slotWord.freshSince, this.#freshSince[slot] ?? 0)
  }

  #storeText(index: number, text: string): void {
    for (let i = 0; i < textBytes; i++) this.#text[i] = i < text.length ? text.charCodeAt(i) : 0
    for (let i = 0; i < this.#textWords.length; i++) Atomics.store(this.#board.words, index + i, this.#textWords[i] ?? 0)
  }

  #write(slot: number, store: () => void): void {
    const { words } = this.#board
    const sequence = slotStart(slot) + slotWord.sequence
    Atomics.add(words, sequence, 1)
    store()
    Atomics.add(words, sequence, 1)
  }
}

function storeTime(words: Int32Array, index: number, ms: number): void {
  Atomics.store(words, index, ms | 0)
  Atomics.store(words, index + 1, Math.floor(ms / 0x1_0000_0000))
}
