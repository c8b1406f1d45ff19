/** Tells the bench where a server of it listens. */
export function reportReady(port: number): void {
  process.stdout.write(`${JSON.stringify({ port })}\n`)
}

/** Tells the bench, when it ends this process, how many requests were answered with what was asked for. */
export function reportAtEnd(answered: () => number): void {
  process.once('SIGTERM', () => {
    process.stdout.write(`${JSON.stringify({ answered: answered() })}\n`, () => process.exit(0))
  })
}
