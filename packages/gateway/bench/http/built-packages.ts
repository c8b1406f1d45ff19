import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packages = fileURLToPath(new URL('../../../', import.meta.url))

/**
 * Whether `npm run build` has made every package from the sources as they are: only then is the build what the repository holds.
 * @param folder what holds the packages, or folders of packages
 */
export function arePackagesBuilt(folder = packages): boolean {
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
  return entries.every(({ name }) => {
    const each = join(folder, name)
    return existsSync(join(each, 'package.json')) ? isBuilt(each) : arePackagesBuilt(each)
  })
}

function isBuilt(folder: string): boolean {
  const built = statSync(join(folder, 'dist/index.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  return readdirSync(join(folder, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.(?:test|fixture|long))\.ts$/.test(entry.name))
    .every((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs <= built)
}
