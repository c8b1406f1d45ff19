import { BlockList, isIP, isIPv4 } from 'node:net'

/** Addresses that are no client of their own: behind them stands a network, a balancer or this very machine. */
const privateRanges: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
]

const privateAddresses = blockList(privateRanges.map(([network, prefix]) => `${network}/${prefix}`))

/** Whether an address of {@link bareAddress} form is private. */
export function isPrivate(address: string): boolean {
  // A socket in the file system has none.
  return isIP(address) === 0 || privateAddresses.check(address, familyOf(address))
}

/** A list of addresses and CIDR ranges that can be asked whether it holds an address. */
export function addressRanges(ranges: readonly string[]): (address: string) => boolean {
  const list = blockList(ranges)
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address))
}

/** An address without zone, and as IPv4 where it is one in the clothes of IPv6. */
export function bareAddress(text: string): string {
  const [address = ''] = text.split('%', 1)
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  return mapped !== undefined && isIPv4(mapped) ? mapped : address
}

/** Bits of an IPv6 address that name a network, which one client has as a whole. */
export const clientBits6 = 64

/** Who an address stands for: itself, or with IPv6 its network. */
export function clientOf(address: string): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.split('::', 2)
  const groups = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - last.length)
  const all = [...groups, ...Array<string>(zeros).fill('0'), ...last]
  return `${all
    .slice(0, clientBits6 / 16)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/${clientBits6}`
}

/**
 * The client that trusted proxies name: the last address of X-Forwarded-For that is not one of theirs.
 * @returns undefined where the list is malformed
 */
export function forwardedClient(header: string, isTrusted: (address: string) => boolean): string | undefined {
  const addresses = header.split(',').map((part) => bareAddress(part.trim()))
  const client = addresses.findLast((address) => !isTrusted(address)) ?? addresses[0]
  return client !== undefined && isIP(client) !== 0 ? client : undefined
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/')
    if (prefix === undefined) list.addAddress(address, familyOf(address))
    else list.addSubnet(address, Number(prefix), familyOf(address))
  }
  return list
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6'
}
