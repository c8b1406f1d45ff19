import type { Options } from 'tsup'

/**
 * How every package is built: ES modules with type declarations and source maps. Dependencies stay imports, those of the
 * workspace too.
 */
export function libraryBuild(entry: Readonly<Record<string, string>>): Options {
  return {
    entry: { ...entry },
    format: 'esm',
    target: 'node22',
    platform: 'node',
    dts: true,
    sourcemap: true,
    clean: true,
    skipNodeModulesBundle: true,
  }
}

/** As {@link libraryBuild}, for packages that partners install into anything: also CommonJS, and no Node needed. */
export function universalBuild(entry: Readonly<Record<string, string>>): Options {
  return { ...libraryBuild(entry), format: ['esm', 'cjs'], target: 'es2022', platform: 'neutral' }
}
