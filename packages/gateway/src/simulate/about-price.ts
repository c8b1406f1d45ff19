import { assetTable } from '../settings/assets.ts'

/** About what an asset costs in USD, decimal text: as the asset table has it, else a made-up price that its name decides. */
export function aboutPrice(asset: string): string {
  return assetTable.about.get(asset) ?? priceOfName(asset)
}

function priceOfName(asset: string): string {
  let hash = 0
  for (const letter of asset) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) >>> 0
  const digits = 100 + (hash % 900)
  return [`0.0${digits}`, `0.${digits}`, `${digits / 100}`, `${digits / 10}`][(hash >>> 16) % 4] ?? '1'
}
