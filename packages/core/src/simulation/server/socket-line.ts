import { Readable } from 'node:stream'
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Clock } from '../../clock.ts'
import type { Frame } from '../../connector.ts'
import type { Cut, WireDamage } from '../fault/fault.ts'
import type { VenueLink } from '../venue-connection.ts'
import { resetSocket } from './reset-socket.ts'
import { damagedBytes, frameBytes } from './raw-frames.ts'

/** The venue's end of a real connection: whole frames by ws, everything that ws would never send as raw bytes. */
export class SocketLine implements VenueLink {
  readonly #webSocket: WebSocket
  readonly #socket: Socket
  readonly #clock: Clock
  /** Bytes that still drip. */
  #dripping: Buffer = Buffer.alloc(0)
  #cancelDrip: (() => void) | undefined
  #damaged = false

  constructor(webSocket: WebSocket, socket: Socket, clock: Clock) {
    this.#webSocket = webSocket
    this.#socket = socket
    this.#clock = clock
  }

  send(frame: Frame): void {
    if (this.#damaged) return
    if (this.#dripping.length > 0) this.#dripping = Buffer.concat([this.#dripping, frameBytes(frame)])
    else this.#webSocket.send(frame)
  }

  drip(frame: Frame): void {
    this.#dripping = Buffer.concat([this.#dripping, frameBytes(frame)])
    if (this.#cancelDrip === undefined) this.#dripNext()
  }

  flush(): void {
    const rest = this.#dripping
    this.release()
    if (rest.length > 0) this.#write(rest)
  }

  release(): void {
    this.#cancelDrip?.()
    this.#cancelDrip = undefined
    this.#dripping = Buffer.alloc(0)
  }

  damage(damage: WireDamage): void {
    if (this.#damaged) return
    this.#damaged = true
    if (damage === 'reset-mid-frame') {
      for (const part of damagedBytes(damage)) this.#write(part)
      // Only what has left this process is there to be cut short.
      this.#clock.after(10, () => resetSocket(this.#socket))
      return
    }
    Readable.from(damagedBytes(damage)).pipe(this.#socket, { end: false })
  }

  end(cut: Cut): void {
    if (cut.kind === 'reset' || (cut.kind === 'close' && cut.code === 1006)) resetSocket(this.#socket)
    else if (cut.kind === 'end') this.#socket.end()
    else this.#webSocket.close(cut.code, cut.reason)
  }

  #dripNext(): void {
    this.#cancelDrip = this.#clock.after(1000, () => {
      this.#write(this.#dripping.subarray(0, 1))
      this.#dripping = this.#dripping.subarray(1)
      this.#cancelDrip = undefined
      if (this.#dripping.length > 0) this.#dripNext()
    })
  }

  #write(bytes: Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes)
  }
}
