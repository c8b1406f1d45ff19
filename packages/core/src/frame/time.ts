/** Earliest and latest trade time believed, in epoch milliseconds: 2009 to 2100. */
export const tradeTimeRange: readonly [number, number] = [1_230_768_000_000, 4_102_444_800_000]

/** Epoch milliseconds of an RFC 3339 time in UTC (`2026-07-07T23:00:04.585581Z`), fractions of a millisecond cut. */
export function rfc3339Ms(value: unknown): number | undefined {
  if (typeof value !== 'string' || value.length < 20 || value.charCodeAt(value.length - 1) !== 90) return undefined
  const day = value.startsWith(lastDay) ? lastDayMs : dayStartMs(value.slice(0, 11))
  const hours = twoDigits(value, 11)
  const minutes = twoDigits(value, 14)
  const seconds = twoDigits(value, 17)
  if (day === undefined || !(hours < 24 && minutes < 60 && seconds < 60)) return undefined
  if (value.charCodeAt(13) !== colon || value.charCodeAt(16) !== colon) return undefined
  const ms = fractionMs(value)
  return ms === undefined ? undefined : day + ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms
}

const colon = 58

/** Trades cluster in time, so one remembered day answers nearly every call. */
let lastDay = '1970-01-01T'
let lastDayMs = 0

function dayStartMs(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT$/.test(text)) return undefined
  const ms = Date.parse(`${text}00:00:00Z`)
  // Date.parse takes the 31st of a shorter month for a day of the next.
  if (Number.isNaN(ms) || new Date(ms).getUTCDate() !== Number(text.slice(8, 10))) return undefined
  lastDay = text
  lastDayMs = ms
  return ms
}

const zero = 48
const dot = 46

function digit(text: string, at: number): number {
  return text.charCodeAt(at) - zero
}

function isDigit(value: number): boolean {
  return value >= 0 && value <= 9
}

/** A number of two digits; 99, which is no hour and no minute, where they are none. */
function twoDigits(text: string, at: number): number {
  const tens = digit(text, at)
  const ones = digit(text, at + 1)
  return isDigit(tens) && isDigit(ones) ? tens * 10 + ones : 99
}

/** The whole milliseconds after the seconds of a time that ends in `Z`. */
function fractionMs(text: string): number | undefined {
  const end = text.length - 1
  if (end === 19) return 0
  if (text.charCodeAt(19) !== dot || end === 20) return undefined
  let ms = 0
  for (let at = 20; at < end; at++) {
    const value = digit(text, at)
    if (!isDigit(value)) return undefined
    if (at < 23) ms = ms * 10 + value
  }
  return end === 21 ? ms * 100 : end === 22 ? ms * 10 : ms
}

/** Whole milliseconds of a count given as text or number, with or without a fraction: `"1619093543708.2642"`. */
export function wholeMs(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.floor(value) : undefined
  if (typeof value !== 'string') return undefined
  let ms = 0
  let at = 0
  for (; at < value.length && value.charCodeAt(at) !== dot; at++) {
    const next = digit(value, at)
    if (!isDigit(next)) return undefined
    ms = ms * 10 + next
  }
  if (at === 0 || at > 16) return undefined
  for (at++; at < value.length; at++) if (!isDigit(digit(value, at))) return undefined
  return ms
}
