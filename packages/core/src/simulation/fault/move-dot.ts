/** Multiplies a decimal text by ten to the power of `places`, digit for digit. */
export function moveDot(price: string, places: 1 | -1): string {
  const [whole = '', fraction = ''] = price.split('.')
  const digits = places === 1 ? [whole + fraction.slice(0, 1).padEnd(1, '0'), fraction.slice(1)] : [whole.slice(0, -1), whole.slice(-1) + fraction]
  const shown = (digits[0] ?? '').replace(/^0+(?=\d)/, '')
  return `${shown === '' ? '0' : shown}${digits[1] === '' ? '' : `.${digits[1]}`}`
}
