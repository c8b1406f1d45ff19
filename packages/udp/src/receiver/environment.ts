import { type OpenReceiveSocket, openReceiveSocket } from './socket/receive-socket.ts'

/** Time and sockets as a receiver sees them; tests put their own in their place. */
export interface ReceiverEnvironment {
  /** Epoch milliseconds. */
  now(): number
  readonly openSocket: OpenReceiveSocket
}

/** The machine's own. */
export const systemReceiverEnvironment: ReceiverEnvironment = { now: () => Date.now(), openSocket: openReceiveSocket }
