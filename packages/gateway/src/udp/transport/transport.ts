/** Most datagrams of one batch. */
export const batchSlots = 64

/** Bytes of one slot: the longest datagram of the protocol (1,200), rounded up to whole cache lines. */
export const slotBytes = 1216

/** Words of a sender's address: four of IPv6, each read as a big-endian number (IPv4 as ::ffff:a.b.c.d), and the port. */
export const sourceWords = 5

/**
 * What had come when somebody looked, and what goes back. The memory is given by the owner of the transport and reused for every batch: a
 * handler must look at `rxLength[i]` before any byte of slot i, for what lies behind it is of another sender.
 */
export interface UdpBatch {
  /** Holds both areas; slot i begins at `rxStart + i * slotBytes` and `txStart + i * slotBytes`. */
  readonly memory: Uint8Array<ArrayBuffer>
  readonly rxStart: number
  readonly txStart: number
  /** The slots of this call, of {@link batchSlots}. Not 0 where it goes on: the answers of the calls since then go out with these. */
  first: number
  /** Behind the last slot. */
  end: number
  /** Length of what arrived; over {@link slotBytes} when it was cut. */
  readonly rxLength: Uint16Array
  /** 0 = no answer, and so before each call. */
  readonly txLength: Uint16Array
  /** {@link sourceWords} of each sender. */
  readonly source: Int32Array
}

/** Synchronous, and called once for each batch. What it throws is counted, and every answer written until then still goes out. */
export type UdpHandler = (batch: UdpBatch) => void

/** A bound UDP socket that hands over batches: with `dgram` what a turn of the event loop brought, with the native addon what one wake-up did. */
export interface UdpTransport {
  readonly kind: 'native' | 'dgram'
  /** The port in use. */
  readonly port: number
  /** Receive buffer as the kernel counts it, bytes: on Linux twice what was granted, since the cost of keeping a datagram is in it. */
  readonly receiveBufferBytes: number
  readonly failures: TransportFailures
  /** Stops receiving, and resolves when every answer has gone out. */
  close(): Promise<void>
}

/** What went wrong since the socket was opened. */
export interface TransportFailures {
  /** Errors thrown by the handler, and answers of it that were longer than their slot. */
  readonly handler: number
  /** Answers that the kernel did not take. */
  readonly send: number
}

/** Where a socket is opened and what it works with. */
export interface UdpBinding {
  /** A name or an address in digits. */
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Several sockets share the port, the kernel spreads the senders among them. */
  readonly reusePort: boolean
  /**
   * Receives and answers lie in here: `2 * batchSlots * slotBytes` bytes from `memoryStart`. It must stay where it is: a
   * WebAssembly memory must not grow, a buffer not be transferred.
   */
  readonly memory: Uint8Array<ArrayBuffer>
  readonly memoryStart: number
  readonly handle: UdpHandler
}
