import { BlockList, isIP } from 'node:net'

const ownNetworks = new BlockList()
ownNetworks.addSubnet('127.0.0.0', 8)
ownNetworks.addSubnet('10.0.0.0', 8)
ownNetworks.addSubnet('172.16.0.0', 12)
ownNetworks.addSubnet('192.168.0.0', 16)
ownNetworks.addAddress('::1', 'ipv6')
ownNetworks.addSubnet('fc00::', 7, 'ipv6')

/**
 * Whether an address in digits is loopback or private: 127/8, 10/8, 172.16/12, 192.168/16, ::1, fc00::/7, and the IPv4 ones in
 * their IPv6 form. Link-local, shared (100.64/10) and unspecified addresses are not: what answers there may be somebody else's.
 */
export function isOwnNetwork(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && ownNetworks.check(address, family === 6 ? 'ipv6' : 'ipv4')
}
