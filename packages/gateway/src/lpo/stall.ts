import type { Socket } from 'node:net'

/** How long nothing may come or go on a connection while an answer is under way. */
export const stallMs = 60_000

/** Has a connection cut on which an answer waits that its caller does not read; only such a one pays for the watch. */
export function watchStall(socket: Socket): void {
  if (socket.writableLength > 0) socket.setTimeout(stallMs)
}
