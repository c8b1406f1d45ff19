/** Longest price the board holds, in bytes. */
export const maxPriceBytes = 24

const zero = 48
const nine = 57

/** Index after the digits that start at `from`. */
function skipDigits(text: string, from: number): number {
  let i = from
  for (let code = text.charCodeAt(i); code >= zero && code <= nine; code = text.charCodeAt(i)) i++
  return i
}

/**
 * Whether a text is an unsigned decimal in the form of a JSON number (`0.10`, `12`, `1.2e-05`), so that it can stand in a
 * JSON answer as it is. Signs, leading zeros, bare dots and spaces are refused.
 */
export function isDecimalText(text: string): boolean {
  let i = skipDigits(text, 0)
  if (i === 0 || (i > 1 && text.charCodeAt(0) === zero)) return false
  if (text.charCodeAt(i) === 46) {
    const end = skipDigits(text, i + 1)
    if (end === i + 1) return false
    i = end
  }
  const exponent = text.charCodeAt(i)
  if (exponent === 101 || exponent === 69) {
    const sign = text.charCodeAt(i + 1)
    const start = sign === 43 || sign === 45 ? i + 2 : i + 1
    i = skipDigits(text, start)
    if (i === start) return false
  }
  return i === text.length
}

/** Whether a text is a price: a decimal text above zero that a double can hold without becoming zero or infinite. */
export function isPriceText(text: string): boolean {
  if (!isDecimalText(text)) return false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > zero && code <= nine) return hasPlainRange(text)
    if (code === 101 || code === 69) return false
  }
  return false
}

function hasPlainRange(text: string): boolean {
  if (text.length <= maxPriceBytes && !text.includes('e') && !text.includes('E')) return true
  const value = Number(text)
  return value > 0 && value < Infinity
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
