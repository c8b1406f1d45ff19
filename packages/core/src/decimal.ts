/** Longest price the board holds, in bytes. */
export const maxPriceBytes = 24

const zero = 48
const nine = 57
const dot = 46

/** Index after the digits that start at `from`. */
function skipDigits(text: string, from: number): number {
  let i = from
  for (let code = text.charCodeAt(i); code >= zero && code <= nine; code = text.charCodeAt(i)) i++
  return i
}

/** What a text is as an unsigned decimal in the form of a JSON number. */
const decimalKind = { none: 0, zero: 1, positive: 2, exponential: 3 } as const

type DecimalKind = (typeof decimalKind)[keyof typeof decimalKind]

/** One pass over the text: every price and size of every frame comes through here. */
function scanDecimal(text: string): DecimalKind {
  let nonZero = false
  let i = 0
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > zero && code <= nine) nonZero = true
    else if (code !== zero) break
  }
  if (i === 0 || (i > 1 && text.charCodeAt(0) === zero)) return decimalKind.none
  if (text.charCodeAt(i) === dot) {
    const start = ++i
    for (; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code > zero && code <= nine) nonZero = true
      else if (code !== zero) break
    }
    if (i === start) return decimalKind.none
  }
  if (i === text.length) return nonZero ? decimalKind.positive : decimalKind.zero
  return endsInExponent(text, i) ? decimalKind.exponential : decimalKind.none
}

function endsInExponent(text: string, at: number): boolean {
  const mark = text.charCodeAt(at)
  if (mark !== 101 && mark !== 69) return false
  const sign = text.charCodeAt(at + 1)
  const start = sign === 43 || sign === 45 ? at + 2 : at + 1
  const end = skipDigits(text, start)
  return end > start && end === text.length
}

/**
 * Whether a text is an unsigned decimal in the form of a JSON number (`0.10`, `12`, `1.2e-05`), so that it can stand in a
 * JSON answer as it is. Signs, leading zeros, bare dots and spaces are refused.
 */
export function isDecimalText(text: string): boolean {
  return scanDecimal(text) !== decimalKind.none
}

/** Whether a text is a price: a decimal text above zero that a double can hold without becoming zero or infinite. */
export function isPriceText(text: string): boolean {
  const kind = scanDecimal(text)
  if (kind === decimalKind.positive && text.length <= maxPriceBytes) return true
  return kind >= decimalKind.positive && Number(text) > 0 && Number(text) < Infinity
}

/** Whether two decimal texts are the same number: `60000.40000` and `60000.4` are. */
export function equalDecimals(a: string, b: string): boolean {
  return a === b || normalize(a) === normalize(b)
}

function normalize(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = (whole + fraction).replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return '0'
  return `${significant}e${Number(exponent) - fraction.length + (digits.length - significant.length)}`
}

/** Orders two trade ids as whole numbers of any length; an id that is no whole number sorts lowest, as a missing one. */
export function compareTradeIds(a: string | null, b: string | null): number {
  const left = wholeDigits(a)
  const right = wholeDigits(b)
  if (left.length !== right.length) return left.length - right.length
  return left < right ? -1 : left > right ? 1 : 0
}

function wholeDigits(id: string | null): string {
  if (id === null || id === '' || skipDigits(id, 0) !== id.length) return ''
  let start = 0
  while (start < id.length - 1 && id.charCodeAt(start) === zero) start++
  return start === 0 ? id : id.slice(start)
}
