import type { Socket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import type { AddressInfo } from 'node:net'
import { readKernelDrops } from './kernel-drops.ts'

/** Where a datagram came from; anybody can write any address on one. */
export interface DatagramOrigin {
  readonly address: string
  readonly port: number
}

/** What a {@link ReceiveSocket} tells. */
export interface ReceiveListener {
  message(datagram: Uint8Array, from: DatagramOrigin): void
  failure(error: Error): void
}

/** A bound socket that only receives. */
export interface ReceiveSocket {
  readonly address: AddressInfo
  /** The receive buffer as the system reports it; Linux counts its own bookkeeping in, and so says twice what it granted. */
  readonly receiveBufferBytes: number
  /** Datagrams that the kernel dropped for want of buffer, so far; undefined where it does not tell. */
  kernelDrops(): number | undefined
  close(): Promise<void>
}

/** Binds a socket with a receive buffer of about this size. */
export type OpenReceiveSocket = (host: string, port: number, bufferBytes: number, listener: ReceiveListener) => Promise<ReceiveSocket>

/** A real UDP socket. */
export const openReceiveSocket: OpenReceiveSocket = async (host, port, bufferBytes, listener) => {
  const addresses = await lookup(host, { all: true })
  const { address, family } = addresses.find((each) => each.family === 4) ?? addresses[0] ?? { address: host, family: 4 }
  // Loaded where it is needed: who only takes the codec opens no socket, and CommonJS can't require this module everywhere.
  const { DgramAsPromised } = await import('dgram-as-promised')
  const bound = DgramAsPromised.createSocket(family === 6 ? 'udp6' : 'udp4')
  const { socket } = bound
  // Its own way to receive loses what comes while nobody waits.
  socket.on('message', (datagram, from) => listener.message(datagram, from))
  try {
    await bound.bind(port, address)
  } catch (error) {
    await bound.close()
    throw error
  }
  socket.on('error', (error) => listener.failure(error))
  const receiveBufferBytes = enlargeBuffer(socket, bufferBytes)
  const bindAddress = socket.address()
  return {
    address: bindAddress,
    receiveBufferBytes,
    kernelDrops: () => readKernelDrops(bindAddress),
    close: () => bound.close(),
  }
}

/** Linux grants what it is allowed to; other systems refuse what is too much, and leave the buffer as it was. */
function enlargeBuffer(socket: Socket, bytes: number): number {
  try {
    socket.setRecvBufferSize(bytes)
  } catch {
    // What there is will be reported.
  }
  return socket.getRecvBufferSize()
}
