import { BlockList, isIP } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

/** Whether only this machine reaches a listener at an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || isIn(loopback, host)
}

/**
 * Which Host headers name a listener at an address. A web page whose own name was made to lead here sends that name (DNS rebinding), so
 * no name but localhost is one of them; where the listener takes every address of the machine, every address is.
 */
export function ownHosts(boundTo: string): (header: string) => boolean {
  const own = new BlockList()
  if (isIP(boundTo) !== 0) own.addAddress(boundTo, familyOf(boundTo))
  const isEvery = boundTo === '0.0.0.0' || boundTo === '::'
  return (header) => {
    const host = header
      .replace(/:\d*$/, '')
      .replace(/^\[(.*)\]$/, '$1')
      .toLowerCase()
    return isLoopback(host) || isIn(own, host) || (isEvery && isIP(host) !== 0)
  }
}

function isIn(list: BlockList, host: string): boolean {
  return isIP(host) !== 0 && list.check(host, familyOf(host))
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}
