import { open } from 'node:fs/promises'
import { type Socket, isIPv4 } from 'node:net'

/** Bytes that were written to connections and that the other machine has not taken in yet, by {@link connectionName}; none where it has taken all. */
export type SendQueues = ReadonlyMap<string, number>

/**
 * Asks the kernel what it still holds for the TCP connections of this machine. A socket's own buffer says nothing of a reader
 * that does not read: the kernel may take megabytes for it. Where the kernel tells nothing (not Linux) the answer is empty.
 * @see https://docs.kernel.org/networking/proc_net_tcp.html
 */
export async function readSendQueues(): Promise<SendQueues> {
  const queues = new Map<string, number>()
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) await readTable(table, queues).catch(() => undefined)
  return queues
}

/** A connection as the kernel's tables name it: both ends in hexadecimal, this one first. Undefined where it is not TCP. */
export function connectionName({ localAddress, localPort, remoteAddress, remotePort }: Socket): string | undefined {
  if (localAddress === undefined || localPort === undefined || remoteAddress === undefined || remotePort === undefined) return undefined
  return `${endName(localAddress, localPort)} ${endName(remoteAddress, remotePort)}`
}

/** Read piece by piece, so that a table of thousands of connections holds nobody up. */
async function readTable(path: string, queues: Map<string, number>): Promise<void> {
  const file = await open(path)
  const buffer = Buffer.allocUnsafe(16_384)
  let text = ''
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer)
      if (bytesRead === 0) return
      text += buffer.toString('latin1', 0, bytesRead)
      const end = text.lastIndexOf('\n') + 1
      for (const [, name = '', bytes = ''] of text.slice(0, end).matchAll(establishedWithQueue)) queues.set(name, Number.parseInt(bytes, 16))
      text = text.slice(end)
    }
  } finally {
    await file.close()
  }
}

const establishedWithQueue = /: ([\dA-F]+:[\dA-F]+ [\dA-F]+:[\dA-F]+) 01 (?!0{8})([\dA-F]{8}):/g

function endName(address: string, port: number): string {
  const bytes = Uint8Array.from(isIPv4(address) ? address.split('.').map(Number) : bytesOfIPv6(address))
  const words = Array.from(new Uint32Array(bytes.buffer), (word) => word.toString(16).padStart(8, '0'))
  return `${words.join('')}:${port.toString(16).padStart(4, '0')}`.toUpperCase()
}

function bytesOfIPv6(address: string): number[] {
  const [head = [], tail = []] = (address.split('%', 1)[0] ?? '').split('::').map((half) => half.split(':').filter(Boolean).flatMap(bytesOfGroup))
  return [...head, ...Array.from({ length: 16 - head.length - tail.length }, () => 0), ...tail]
}

function bytesOfGroup(group: string): number[] {
  if (isIPv4(group)) return group.split('.').map(Number)
  const value = Number.parseInt(group, 16)
  return [value >> 8, value & 255]
}
