/** One change to one file, as a careless hand or a hostile one would make it, and the tests that should notice. */
export interface Mutation {
  /** Unique; said of a change that no test noticed. */
  readonly name: string
  /** Relative to the repository's root, as all paths here. */
  readonly file: string
  /** Stands exactly once in the file. */
  readonly from: string
  readonly to: string
  readonly tests: readonly string[]
}

/** Changes to one file. */
export interface MutatedFile {
  readonly file: string
  /** Tests that should notice any of them. */
  readonly tests: readonly string[]
  readonly changes: readonly (readonly [name: string, from: string, to: string])[]
}

/** The list of single changes in files of changes. */
export function mutationsIn(files: readonly MutatedFile[]): readonly Mutation[] {
  return files.flatMap(({ file, tests, changes }) => changes.map(([name, from, to]) => ({ name, file, from, to, tests })))
}
