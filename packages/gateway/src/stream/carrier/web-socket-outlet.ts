import type { WebSocket } from 'ws'
import type { Message } from '../message.ts'
import type { Outlet } from './outlet.ts'

const asText = { binary: false }

/** Close code of a stream that the server ends for reasons of its own. */
const goingAway = 1001

/** Writes messages to a WebSocket client. */
export class WebSocketOutlet implements Outlet {
  readonly #client: WebSocket

  constructor(client: WebSocket) {
    this.#client = client
  }

  write(message: Message, flushed: () => void): number {
    const bytes = message.frame
    this.#client.send(bytes, asText, flushed)
    return bytes.length
  }

  ping(): void {
    if (this.#client.readyState === this.#client.OPEN) this.#client.ping()
  }

  end(last: Message): void {
    this.#client.send(last.frame, asText)
    this.#client.close(goingAway)
  }

  destroy(): void {
    this.#client.terminate()
  }
}
