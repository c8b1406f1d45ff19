import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/**
 * Where a key is about to be kept, as lines to show. A data directory that will be made anew is called so, and what a server started above it uses
 * in its place: in a sub-folder of a checkout the default is another directory than at its root.
 */
export function describeDataFolder(dataDir: string, workingFolder: string): readonly string[] {
  const folder = resolve(workingFolder, dataDir)
  const lines = [`Servers on the data directory ${folder} know it within a second.`]
  if (existsSync(folder)) return lines
  const root = resolve(dataDir) === dataDir ? undefined : rootAbove(workingFolder, dataDir)
  const advice =
    root === undefined ? '' : ` A server started in ${root} uses ${join(root, dataDir)} and does not know this key; TRINITY_DATA_DIR chooses.`
  return [...lines, `That directory is new.${advice}`]
}

/** The next folder above that has a data directory of the name, or is the root of a checkout. */
function rootAbove(workingFolder: string, dataDir: string): string | undefined {
  for (let folder = workingFolder; ; folder = dirname(folder)) {
    const isBelow = folder !== workingFolder
    if (isBelow && existsSync(join(folder, dataDir))) return folder
    if (existsSync(join(folder, '.git'))) return isBelow ? folder : undefined
    if (folder === dirname(folder)) return undefined
  }
}
