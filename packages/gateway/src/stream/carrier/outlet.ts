import type { Message } from '../message.ts'

/** The protocol side of one stream; what it is given, it writes at once. */
export interface Outlet {
  /** The connection as the kernel names it; undefined where that is not known. */
  readonly connection?: string | undefined
  /**
   * Writes a message, and filler as long as so many of its kind; gives the size of all. `flushed` comes when the bytes have left the
   * process, or never will.
   */
  write(message: Message, fill: number, flushed: () => void): number
  /** A sign of life that readers need not see. */
  ping(): void
  /** Writes a last message and ends in good order; `status` is the HTTP status of what ends it, where a refusal does. */
  end(last: Message, status?: number): void
  /** Ends at once, with what was not read yet thrown away. */
  destroy(): void
}
