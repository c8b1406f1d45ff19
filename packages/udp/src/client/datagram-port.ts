import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'

/** A socket that talks to one address only. */
export interface DatagramPort {
  /** Sends in the background; what fails is told to the listener. */
  send(datagram: Uint8Array): void
  close(): Promise<void>
}

/** What a {@link DatagramPort} tells. */
export interface DatagramListener {
  message(datagram: Uint8Array): void
  /** A datagram that could not be sent, or was refused at its target. The port stays open. */
  failure(error: Error): void
}

/** Opens a socket to an address. */
export type OpenDatagramPort = (host: string, port: number, listener: DatagramListener) => Promise<DatagramPort>

/** A real UDP socket, connected, so that the kernel drops what comes from elsewhere. */
export const openDatagramPort: OpenDatagramPort = async (host, port, listener) => {
  const { address, family } = await resolve(host)
  // Loaded where it is needed: who only takes the codec opens no socket, and CommonJS can't require this module everywhere.
  const { DgramAsPromised } = await import('dgram-as-promised')
  const bound = DgramAsPromised.createSocket({ type: family === 6 ? 'udp6' : 'udp4', recvBufferSize })
  const { socket } = bound
  socket.on('error', (error) => listener.failure(error))
  socket.on('message', (datagram) => listener.message(datagram))
  await bound.bind(0)
  try {
    await new Promise<void>((connected, failed) => {
      socket.connect(port, address, (error?: Error | null) => (error === undefined || error === null ? connected() : failed(error)))
    })
  } catch (error) {
    await bound.close()
    throw error
  }
  return {
    send(datagram) {
      socket.send(datagram, (error) => {
        if (error !== null) listener.failure(error)
      })
    },
    close: () => bound.close(),
  }
}

/** Answers to many queries may come in one burst; the system gives less where it is set to. */
const recvBufferSize = 1 << 20

/** Gateways listen on IPv4 unless told otherwise, also where a name like localhost has both. */
async function resolve(host: string): Promise<LookupAddress> {
  const addresses = await lookup(host, { all: true })
  return addresses.find(({ family }) => family === 4) ?? addresses[0] ?? { address: host, family: 4 }
}
