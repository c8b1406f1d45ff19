import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The top folder of the repository. */
export const repositoryRoot = dirname(import.meta.dirname)

/** What the scripts read of a `package.json`. */
export interface PackageManifest {
  readonly name: string
  readonly version?: string
  readonly private?: boolean
  readonly workspaces?: readonly string[]
  readonly exports?: Readonly<Record<string, unknown>>
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** A package of the workspace and the folder it lives in. */
export interface WorkspacePackage {
  /** Relative to the root, with forward slashes. */
  readonly folder: string
  readonly manifest: PackageManifest
}

/** Reads a `package.json` below `root`. */
export function readManifest(folder: string, root = repositoryRoot): PackageManifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as PackageManifest
}

/** The packages of the workspace in the order in which they are built. */
export function workspacePackages(root = repositoryRoot): readonly WorkspacePackage[] {
  const patterns = readManifest('.', root).workspaces ?? []
  return patterns
    .flatMap((pattern) => globSync(`${pattern}/package.json`, { cwd: root }).toSorted())
    .map((path) => ({ folder: dirname(path), manifest: readManifest(dirname(path), root) }))
}
