/** The limit of open files of this process, which the runtime has raised as far as it may; undefined where there is none. */
export function readFileLimit(): number | undefined {
  // Else the report looks up the names of all peers.
  Object.assign(process.report, { excludeNetwork: true })
  const report = process.report.getReport() as { readonly userLimits?: { readonly open_files?: { readonly soft?: unknown } } }
  const soft = Number(report.userLimits?.open_files?.soft)
  return Number.isInteger(soft) ? soft : undefined
}

/** Descriptors that connections of callers leave for feeds, stores, files and UDP. */
export const keptFiles = 256

/** HTTP connections at most where no setting says how many. */
export const usualConnections = 10_000

/** HTTP connections that a limit of open files leaves room for. */
export function defaultMaxConnections(fileLimit = Infinity): number {
  return Math.min(usualConnections, Math.max(64, fileLimit - keptFiles))
}
