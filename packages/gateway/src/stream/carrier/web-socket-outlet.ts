import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Message } from '../message.ts'
import { Filler } from './filler.ts'
import type { Outlet } from './outlet.ts'
import { connectionName } from './send-queues.ts'

const asText = { binary: false }

/** Pongs that nobody asked for: who receives them need not answer. */
const filler = new Filler(Buffer.concat([Buffer.of(0x8a, 125), Buffer.alloc(125, '.')]))

/** Close code of a stream that the server ends for reasons of its own. */
const goingAway = 1001

/** 401 → 4401, 403 → 4403; what is too much, of whatever, → 4429. */
export function closeCodeOf(status: number): number {
  return status === 401 || status === 403 ? 4000 + status : 4429
}

/** Writes messages to a WebSocket client. */
export class WebSocketOutlet implements Outlet {
  readonly connection: string | undefined
  readonly #client: WebSocket
  readonly #socket: Duplex

  /** @param socket what carries the client's messages */
  constructor(client: WebSocket, socket: Duplex) {
    this.connection = socket instanceof Socket ? connectionName(socket) : undefined
    this.#client = client
    this.#socket = socket
  }

  write(message: Message, fill: number, flushed: () => void): number {
    const bytes = message.frame
    if (fill === 0 || this.#client.readyState !== this.#client.OPEN) {
      this.#client.send(bytes, asText, flushed)
      return bytes.length
    }
    const filling = filler.take(fill * bytes.length)
    this.#socket.cork()
    this.#client.send(bytes, asText)
    this.#socket.write(filling, flushed)
    this.#socket.uncork()
    return bytes.length + filling.length
  }

  ping(): void {
    if (this.#client.readyState === this.#client.OPEN) this.#client.ping()
  }

  end(last: Message, status?: number): void {
    this.#client.send(last.frame, asText)
    this.#client.close(status === undefined ? goingAway : closeCodeOf(status))
  }

  destroy(): void {
    this.#client.terminate()
  }
}
