import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Message } from '../message.ts'
import type { Outlet } from './outlet.ts'
import { connectionName } from './send-queues.ts'

const asText = { binary: false }

/** Close code of a stream that the server ends for reasons of its own. */
const goingAway = 1001

/** Writes messages to a WebSocket client. */
export class WebSocketOutlet implements Outlet {
  readonly connection: string | undefined
  readonly #client: WebSocket

  /** @param socket what carries the client's messages */
  constructor(client: WebSocket, socket: Duplex) {
    this.connection = socket instanceof Socket ? connectionName(socket) : undefined
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
