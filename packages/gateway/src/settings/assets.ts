import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { readAssetFile } from './assets/asset-file.ts'

// The package's own name leads to its folder from the sources and from the build.
const folder = dirname(createRequire(import.meta.url).resolve('@trinity/gateway/package.json'))

/** The asset table of the server's own venues. */
export const assetTable = readAssetFile(readFileSync(join(folder, 'src', 'settings', 'assets.json'), 'utf8'))

/** The prewarmed assets of each venue, in order; a venue listed earlier is preferred for an asset of several. */
export const prewarmedAssets: Readonly<Record<string, readonly string[]>> = assetTable.prewarmed

/** Every ticker that some venue prewarms. */
export const knownTickers: readonly string[] = [...new Set(Object.values(prewarmedAssets).flat())]
