import { UdpError } from '../error.ts'

/** @throws {@link UdpError} `BAD_REQUEST` where a QUERY can't hold these assets. */
export function checkAssets(assets: readonly string[], most: number): void {
  if (assets.length === 0 || assets.length > most)
    throw new UdpError('BAD_REQUEST', `A query asks for 1 to ${most} assets, not ${assets.length}; split it.`)
  const wrong = assets.find((asset) => !symbol.test(asset))
  if (wrong !== undefined) throw new UdpError('BAD_REQUEST', `"${wrong}" is no asset: a symbol is 1 to 15 printable ASCII characters.`)
}

/** The value, where it is an integer from 1 to `most`. */
export function checkedCount(name: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new UdpError('BAD_REQUEST', `${name} must be an integer from 1 to ${most}, not ${value}.`)
}

const symbol = /^[!-~]{1,15}$/
