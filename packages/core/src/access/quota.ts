/**
 * A month's count in one word: the month's number in the upper 8 bits, the requests of that month in the lower 24. The first
 * request of a new month finds the old number, and starts anew in the same exchange.
 */
const usedMask = 0xff_ffff

/** Highest monthly quota that a cell counts. */
export const highestQuota = usedMask

/** The UTC month of a time, found again only when it turns. */
export class Month {
  /** Months since January 1970. */
  number = 0
  startMs = 0
  endMs = 0

  /** Moves to the month of a time, epoch milliseconds. */
  turnTo(nowMs: number): void {
    if (nowMs >= this.startMs && nowMs < this.endMs) return
    const date = new Date(nowMs)
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
    this.number = (year - 1970) * 12 + month
    this.startMs = Date.UTC(year, month)
    this.endMs = Date.UTC(year, month + 1)
  }
}

/** Requests that a cell has counted for a month. */
export function usedIn(cell: number, month: number): number {
  return belongsTo(cell, month) ? cell & usedMask : 0
}

/** Counts one request; false, and nothing is counted, when the quota is used up. */
export function takeQuota(words: Int32Array, index: number, month: number, quota: number): boolean {
  for (;;) {
    const cell = Atomics.load(words, index)
    if (usedIn(cell, month) >= quota) return false
    const next = belongsTo(cell, month) ? cell + 1 : (month << 24) | 1
    if (Atomics.compareExchange(words, index, cell, next) === cell) return true
  }
}

/** At the turn a thread may still be in the old month while the cell is in the new one already: it counts there, or the month would turn twice. */
function belongsTo(cell: number, month: number): boolean {
  const ahead = ((cell >>> 24) - month) & 255
  return ahead === 0 || ahead === 1
}
