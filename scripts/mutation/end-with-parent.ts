/** A process that imports this ends with the one that holds its standard input, also when that was killed. */
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  process.stdin.once('end', () => process.exit(1)).resume()
  // A socket where it is a pipe; its wait alone keeps no process.
  if ('unref' in process.stdin) process.stdin.unref()
}
