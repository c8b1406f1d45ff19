import { type Socket, createSocket } from 'node:dgram'
import { keyIdOf, macKeyOf, wireSize, writeHello } from '@trinity/udp'
import type { LoadTarget } from '../target.fixture.ts'
import { UdpCaller } from './udp-caller.fixture.ts'

/** Forged senders. */
export interface Spoofed {
  readonly sources: number
  /** One that the server knows. */
  readonly key: string
}

/** Sockets open at a time. */
const together = 500

/**
 * Sends a datagram from each of so many addresses of 127.0.0.0/8, which this machine may all use: by turns a QUERY of a session of
 * somebody else and the copy of a HELLO that a key holder signed. Resolves with the number of those that the kernel took.
 */
export async function spoof({ host, udpPort }: LoadTarget, { sources, key }: Spoofed): Promise<number> {
  const client = await UdpCaller.open({ host, port: udpPort, key, asset: 'BTC', patienceMs: 1000 })
  const hello = new Uint8Array(wireSize.hello)
  writeHello(hello, 0, { requestId: 1, keyId: keyIdOf(key), clientTimeMs: Date.now(), clientNonce: new Uint8Array(wireSize.nonce) }, macKeyOf(key))
  const datagrams = [client.query(9), hello]
  let sent = 0
  for (let first = 0; first < sources; first += together) {
    const wanted = Array.from({ length: Math.min(together, sources - first) }, (_, i) => first + i)
    const taken = await Promise.all(wanted.map((source) => sendFrom(addressOf(source), datagrams[source % 2] ?? hello, udpPort, host)))
    sent += taken.filter(Boolean).length
  }
  client.close()
  return sent
}

/** From 127.1.0.0 on. */
function addressOf(source: number): string {
  const number = 0x7f010000 + source
  return [24, 16, 8, 0].map((bits) => (number >>> bits) & 0xff).join('.')
}

function sendFrom(address: string, datagram: Uint8Array, port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket: Socket = createSocket({ type: 'udp4', lookup: (given, _, resolved) => resolved(null, given, 4) })
    const end = (taken: boolean): void => void socket.close(() => resolve(taken))
    socket.on('error', () => end(false))
    socket.bind({ address, port: 0, exclusive: true }, () => socket.send(datagram, port, host, (error) => end(error === null)))
  })
}
