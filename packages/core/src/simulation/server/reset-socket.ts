import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** Ends a connection by a reset; Node can't send one below TLS, where the connection is only dropped. */
export function resetSocket(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy()
  else socket.resetAndDestroy()
}
