/** Names of what a stream tells; `error` comes over WebSocket only. */
export type MessageKind = 'snapshot' | 'price' | 'status' | 'goodbye' | 'update' | 'error'

/** One event, turned into bytes once for all its readers. */
export class Message {
  readonly #kind: MessageKind
  readonly #members: string
  #event: Buffer | undefined
  #frame: Buffer | undefined

  /** @param members JSON members without braces, at least one */
  constructor(kind: MessageKind, members: string) {
    this.#kind = kind
    this.#members = members
  }

  /** As a server-sent event. */
  get event(): Buffer {
    return (this.#event ??= Buffer.from(`event: ${this.#kind}\ndata: {${this.#members}}\n\n`))
  }

  /** As the text of a WebSocket message. */
  get frame(): Buffer {
    return (this.#frame ??= Buffer.from(`{"type":"${this.#kind}",${this.#members}}`))
  }
}

const goodbyes = {
  lifetime: 'The stream has reached its age limit; connect again.',
  stopping: 'The server is stopping; connect again.',
  revoked: 'The API key was revoked; use another one.',
  quota: 'The requests of this month are used up; a larger plan has more.',
}

/** Why a stream ends; after `lifetime` and `stopping` the reader may come back at once. */
export function goodbyeMessage(reason: keyof typeof goodbyes): Message {
  return new Message('goodbye', `"reason":"${reason}","message":"${goodbyes[reason]}"`)
}
