import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { endianness } from 'node:os'

/**
 * Datagrams that the kernel threw away before the process could fetch them, of the one socket that is bound to an address.
 * Undefined where the platform does not tell (it is Linux that does), or nothing is bound there.
 */
export function readKernelDrops({ address, family, port }: AddressInfo): number | undefined {
  try {
    return dropsIn(readFileSync(family === 'IPv6' ? '/proc/net/udp6' : '/proc/net/udp', 'latin1'), localAddress(address, port))
  } catch {
    return undefined
  }
}

/** The drops of the line with this local address in the text of /proc/net/udp: its thirteenth field. */
export function dropsIn(table: string, local: string): number | undefined {
  const line = table.split('\n').find((text) => text.includes(`: ${local} `))
  const drops = line?.trim().split(/\s+/)[12]
  // A 32-bit counter, printed with its sign.
  return drops === undefined || !/^-?\d+$/.test(drops) ? undefined : Number(drops) >>> 0
}

/** An address as /proc/net/udp writes it: 32-bit words in the order of the machine, in hexadecimal. */
export function localAddress(address: string, port: number, order = endianness()): string {
  const words = bytesOf(address)
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .replaceAll(/(..)(..)(..)(..)/g, order === 'LE' ? '$4$3$2$1' : '$&')
  return `${words}:${port.toString(16).padStart(4, '0')}`.toUpperCase()
}

function bytesOf(address: string): readonly number[] {
  if (!address.includes(':')) return address.split('.').map(Number)
  const [head = '', tail] = address.replace(/%.*/, '').split('::')
  const groupsOf = (text: string): string[] => text.split(':').filter((group) => group !== '')
  const before = groupsOf(head)
  const after = groupsOf(tail ?? '')
  const groups = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after]
  return groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255])
}
