/** Earliest and latest trade time believed, in epoch milliseconds: 2009 to 2100. */
export const tradeTimeRange: readonly [number, number] = [1_230_768_000_000, 4_102_444_800_000]

/** Epoch milliseconds of an RFC 3339 time in UTC (`2026-07-07T23:00:04.585581Z`), fractions of a millisecond cut. */
export function rfc3339Ms(value: unknown): number | undefined {
  if (typeof value !== 'string' || value.length < 20 || value.charCodeAt(value.length - 1) !== 90) return undefined
  const second = secondStartMs(value.slice(0, 19))
  if (second === undefined || value.length === 20) return second
  if (value.charCodeAt(19) !== 46) return undefined
  let ms = 0
  for (let i = 20, weight = 100; i < value.length - 1; i++, weight /= 10) {
    const digit = value.charCodeAt(i) - 48
    if (!(digit >= 0 && digit <= 9)) return undefined
    if (weight >= 1) ms += digit * weight
  }
  return second + ms
}

let lastSecond = ''
let lastSecondMs = 0

/** Trades cluster in time, so one remembered second answers nearly every call. */
function secondStartMs(text: string): number | undefined {
  if (text === lastSecond) return lastSecondMs
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text)) return undefined
  const ms = Date.parse(`${text}Z`)
  if (Number.isNaN(ms)) return undefined
  lastSecond = text
  lastSecondMs = ms
  return ms
}

/** Whole milliseconds of a count given as text or number, with or without a fraction: `"1619093543708.2642"`. */
export function wholeMs(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.floor(value) : undefined
  if (typeof value !== 'string' || !/^\d{1,16}(?:\.\d*)?$/.test(value)) return undefined
  return Math.floor(Number.parseInt(value, 10))
}
