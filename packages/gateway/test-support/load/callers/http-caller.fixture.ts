import { type Socket, connect } from 'node:net'
import type { CallStatus, CallerOptions, LoadCaller } from './caller.fixture.ts'

const headEnd = '\r\n\r\n'

/** An HTTP client for load: one kept connection, opened again when it is lost, one request at a time. */
export class HttpCaller implements LoadCaller {
  readonly #options: CallerOptions
  readonly #request: string
  #socket: Socket | undefined
  #text = ''
  #done: ((status: CallStatus) => void) | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(options: CallerOptions) {
    const { host, port, key, asset } = options
    this.#options = options
    this.#request = `GET /price?asset=${asset} HTTP/1.1\r\nHost: ${host}:${port}\r\nAuthorization: Bearer ${key}\r\n\r\n`
  }

  ask(): Promise<CallStatus> {
    return new Promise((resolve) => {
      this.#done = resolve
      this.#timer = setTimeout(() => this.#lose(), this.#options.patienceMs)
      this.#socket ??= this.#open()
      this.#socket.write(this.#request)
    })
  }

  close(): void {
    this.#lose()
  }

  #open(): Socket {
    const { host, port, from } = this.#options
    const socket = connect({ host, port, noDelay: true, ...(from === undefined ? {} : { localAddress: from }) })
    socket.setEncoding('latin1')
    socket.on('data', (part: string) => this.#take(part))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      if (this.#socket === socket) this.#lose()
    })
    return socket
  }

  #take(part: string): void {
    this.#text += part
    const end = this.#text.indexOf(headEnd)
    if (end === -1) return
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#text.slice(0, end))?.[1])
    if (this.#text.length < end + headEnd.length + length) return
    const status = Number(this.#text.slice(9, 12))
    const isRight = status !== 200 || this.#text.includes(this.#options.anyPrice === true ? '"price_text":"' : '"price_text":"83421.5700"')
    this.#text = ''
    this.#settle(isRight ? status : 0)
  }

  #lose(): void {
    this.#socket?.destroy()
    this.#socket = undefined
    this.#text = ''
    this.#settle(0)
  }

  #settle(status: CallStatus): void {
    clearTimeout(this.#timer)
    const done = this.#done
    this.#done = undefined
    done?.(status)
  }
}
