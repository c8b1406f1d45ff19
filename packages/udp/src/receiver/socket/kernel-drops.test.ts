import { expect, test } from 'vitest'
import { dropsIn, localAddress, readKernelDrops } from './kernel-drops.ts'

const table = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  295: 00000000:D005 0100007F:D004 07 00000000:00000340 00:00000000 00000000     0        0 1266252 2 000000001c243a55 -2
13295: 0100007F:D004 00000000:0000 07 00000000:00000340 00:00000000 00000000     0        0 1266251 2 000000001c243a55 17
`

test('the drops of an address are found, and of no other', () => {
  expect(dropsIn(table, '0100007F:D004')).toBe(17)
  expect(dropsIn(table, '00000000:D005')).toBe(2 ** 32 - 2)
  expect(dropsIn(table, '00000000:D004')).toBeUndefined()
  expect(dropsIn('', '0100007F:D004')).toBeUndefined()
  expect(dropsIn('  sl  local_address\n 1: 0100007F:D004 00000000:0000 07\n', '0100007F:D004')).toBeUndefined()
})

test('addresses are written as the kernel does', () => {
  expect(localAddress('127.0.0.1', 53_252, 'LE')).toBe('0100007F:D004')
  expect(localAddress('127.0.0.1', 80, 'BE')).toBe('7F000001:0050')
  expect(localAddress('0.0.0.0', 1, 'LE')).toBe('00000000:0001')
  expect(localAddress('::', 1, 'LE')).toBe('00000000000000000000000000000000:0001')
  expect(localAddress('::1', 1, 'LE')).toBe('00000000000000000000000001000000:0001')
  expect(localAddress('2001:db8::a:1%eth0', 1, 'LE')).toBe('B80D0120000000000000000001000A00:0001')
  expect(localAddress('1:2:3:4:5:6:7:8', 1, 'BE')).toBe('00010002000300040005000600070008:0001')
})

test('nothing is told of what is not bound', () => {
  expect(readKernelDrops({ address: '127.0.0.1', family: 'IPv4', port: 0 })).toBeUndefined()
})
