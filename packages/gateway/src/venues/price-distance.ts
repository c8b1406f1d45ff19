/**
 * Whether two prices are so far apart that they can't be of the same token: the higher is more than 20 % above the lower. Exact, on their digits.
 * Both are price texts.
 */
export function areFarApart(a: string, b: string): boolean {
  const [left, right] = [readDecimal(a), readDecimal(b)]
  const exponent = Math.min(left.exponent, right.exponent)
  const x = left.digits * 10n ** BigInt(left.exponent - exponent)
  const y = right.digits * 10n ** BigInt(right.exponent - exponent)
  const [lower, higher] = x < y ? [x, y] : [y, x]
  return higher * 5n > lower * 6n
}

/** The price is `digits` times ten to the power of `exponent`. */
function readDecimal(text: string): { readonly digits: bigint; readonly exponent: number } {
  const [mantissa = '', power = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length }
}
