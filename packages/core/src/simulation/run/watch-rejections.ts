const listeners = new Set<(reason: string) => void>()

const tell = (reason: unknown): void => {
  for (const listener of listeners) listener(reason instanceof Error ? (reason.stack ?? reason.message) : String(reason))
}

/** Hears of every rejection of this process that nobody handles, until the returned function is called. */
export function watchRejections(listener: (reason: string) => void): () => void {
  // One listener of the process for any number of runs side by side.
  if (listeners.size === 0) process.on('unhandledRejection', tell)
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) process.off('unhandledRejection', tell)
  }
}
