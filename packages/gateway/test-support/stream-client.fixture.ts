import { once } from 'node:events'
import { connect } from 'node:net'
import type { JsonObject } from '@trinity/core'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { keyHeaders } from './gateway-rig.fixture.ts'

/** One message of a stream, of whatever protocol. */
export interface StreamMessage {
  readonly kind: string
  readonly body: JsonObject
}

/** A reader of a stream under test. */
export interface StreamClient {
  /** What came so far; comments of server-sent events have the kind ''. */
  readonly messages: readonly StreamMessage[]
  /** HTTP head of a server-sent stream. */
  readonly head: string
  /** Close code of a WebSocket, or -1 of a server-sent stream; undefined while open. */
  readonly closed: number | undefined
  /** The first message of a kind from `from` on, waited for. */
  next(kind: string, from?: number): Promise<JsonObject>
  /** Resolves when the other side has ended it. */
  ended(): Promise<void>
  /** Sends a JSON value, over WebSocket only. */
  send(value: unknown): void
  /** Stops and starts reading. */
  pause(): void
  resume(): void
  close(): void
}

/** Opens a stream of server-sent events. */
export async function openSse(url: string, headers: Readonly<Record<string, string>> = keyHeaders): Promise<StreamClient> {
  const { hostname, port, pathname, search } = new URL(url)
  const socket = connect(Number(port), hostname)
  const state = { messages: [] as StreamMessage[], head: '', closed: undefined as number | undefined, text: '' }
  socket.on('error', () => undefined)
  socket.on('close', () => (state.closed = -1))
  socket.setEncoding('utf8')
  socket.on('data', (part: string) => {
    state.text += part
    if (state.head === '') {
      const end = state.text.indexOf('\r\n\r\n')
      if (end < 0) return
      state.head = state.text.slice(0, end)
      state.text = state.text.slice(end + 4)
    }
    const events = state.text.split('\n\n')
    state.text = events.pop() ?? ''
    for (const event of events) state.messages.push(readEvent(event))
  })
  const lines = Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`GET ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n`)
  onTestFinished(() => void socket.destroy())
  await waitFor(() => state.head !== '' || state.closed !== undefined)
  return client(state, { send: () => undefined, pause: () => socket.pause(), resume: () => socket.resume(), close: () => socket.destroy() })
}

/** Opens a WebSocket stream; resolves also when it is refused by a close code. */
export async function openWebSocket(url: string, headers: Readonly<Record<string, string>> = keyHeaders): Promise<StreamClient> {
  const socket = new WebSocket(url.replace('http:', 'ws:'), { headers })
  const state = { messages: [] as StreamMessage[], head: '', closed: undefined as number | undefined }
  socket.on('message', (data: Buffer) => {
    const { type, ...body } = JSON.parse(data.toString()) as { type: string }
    state.messages.push({ kind: type, body })
  })
  socket.on('upgrade', ({ headers: given }) => (state.head = JSON.stringify(given)))
  socket.on('close', (code) => (state.closed = code))
  onTestFinished(() => socket.terminate())
  await once(socket, 'open')
  return client(state, {
    send: (value) => socket.send(typeof value === 'string' ? value : JSON.stringify(value)),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close: () => socket.close(),
  })
}

function client(
  state: { readonly messages: StreamMessage[]; readonly head: string; readonly closed: number | undefined },
  doors: Pick<StreamClient, 'send' | 'pause' | 'resume' | 'close'>,
): StreamClient {
  return {
    ...doors,
    get messages() {
      return state.messages
    },
    get head() {
      return state.head
    },
    get closed() {
      return state.closed
    },
    async next(kind, from = 0) {
      const find = (): StreamMessage | undefined => state.messages.slice(from).find((message) => message.kind === kind)
      await waitFor(() => find() !== undefined)
      return find()?.body ?? {}
    },
    ended: () => waitFor(() => state.closed !== undefined),
  }
}

/** Waits in real time until something holds. @throws Error after five seconds */
export async function waitFor(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 2500; i++) {
    if (holds()) return
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  throw new Error('It did not come to hold within 5 s.')
}

function readEvent(text: string): StreamMessage {
  const kind = /^event: (.*)$/m.exec(text)?.[1] ?? ''
  const data = /^data: (.*)$/m.exec(text)?.[1]
  return { kind, body: data === undefined ? {} : (JSON.parse(data) as JsonObject) }
}
