import { randomFillSync } from 'node:crypto'
import { type OpenDatagramPort, openDatagramPort } from './datagram-port.ts'

/** Time, chance and sockets as a client sees them; tests put their own in their place. */
export interface ClientEnvironment {
  /** Epoch milliseconds, told to the server in HELLO. */
  now(): number
  /** Milliseconds since any moment, never set back. */
  elapsed(): number
  /** Runs `action` once after `delayMs`; the returned function cancels it. One in the background keeps no process alive. */
  after(delayMs: number, action: () => void, background?: boolean): () => void
  /** Fills the bytes with unpredictable ones. */
  random(bytes: Uint8Array): void
  readonly openPort: OpenDatagramPort
}

/** The machine's own. */
export const systemEnvironment: ClientEnvironment = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(delayMs, action, background = false) {
    // A timer leaves out fractions, and would be early by one.
    const timer = setTimeout(action, Math.ceil(delayMs))
    if (background) timer.unref()
    return () => clearTimeout(timer)
  },
  random(bytes) {
    randomFillSync(bytes)
  },
  openPort: openDatagramPort,
}
