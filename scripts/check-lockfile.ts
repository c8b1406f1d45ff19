/**
 * An install must give everybody the same bytes from whatever registry they use: the lockfile holds an integrity for each
 * package and no address, and each dependency is pinned to one version.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type PackageManifest, readManifest, repositoryRoot, workspacePackages } from './workspace.ts'

interface LockedPackage {
  readonly resolved?: string
  readonly integrity?: string
  readonly link?: boolean
}

/** Complaints about a lockfile's packages, one line each. */
export function lockfileFaults(packages: Readonly<Record<string, LockedPackage>>): readonly string[] {
  return Object.entries(packages)
    .filter(([path, { link }]) => path.includes('node_modules/') && link !== true)
    .flatMap(([path, { resolved, integrity }]) => [
      ...(resolved?.includes('://') === true ? [`${path}: holds an address`] : []),
      ...(integrity === undefined ? [`${path}: has no integrity`] : []),
    ])
}

/** Dependencies of a manifest that are not pinned to one version, one line each. */
export function looseDependencies(manifest: PackageManifest): readonly string[] {
  const { dependencies, devDependencies, optionalDependencies } = manifest
  return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
    .filter(([, version]) => !/^(npm:@?[^@]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([dependency, version]) => `${manifest.name}: ${dependency} is not pinned: ${version}`)
}

if (import.meta.main) {
  const lockfile = JSON.parse(readFileSync(join(repositoryRoot, 'package-lock.json'), 'utf8')) as { packages: Record<string, LockedPackage> }
  const manifests = [readManifest('.'), ...workspacePackages().map(({ manifest }) => manifest)]
  const faults = [...lockfileFaults(lockfile.packages), ...manifests.flatMap(looseDependencies)]
  for (const fault of faults) console.error(fault)
  console.log(faults.length === 0 ? `${Object.keys(lockfile.packages).length} locked packages, all pinned, no address.` : `${faults.length} faults.`)
  process.exitCode = faults.length === 0 ? 0 : 1
}
