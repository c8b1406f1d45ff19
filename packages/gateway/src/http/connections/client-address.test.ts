import { expect, test } from 'vitest'
import { addressRanges, bareAddress, clientOf, forwardedClient, isPrivate } from './client-address.ts'

test.each([
  ['127.0.0.1', true],
  ['10.1.2.3', true],
  ['172.16.0.1', true],
  ['172.32.0.1', false],
  ['192.168.1.1', true],
  ['100.64.0.1', true],
  ['169.254.1.1', true],
  ['::1', true],
  ['fd00::1', true],
  ['fe80::1', true],
  ['8.8.8.8', false],
  ['2001:db8::1', false],
  ['', true],
])('%j is private: %j', (address, expected) => {
  expect(isPrivate(address)).toBe(expected)
})

test.each([
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['fe80::1%eth0', 'fe80::1'],
  ['192.0.2.7', '192.0.2.7'],
])('%s is %s', (given, bare) => {
  expect(bareAddress(given)).toBe(bare)
})

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0db8:0001:0002::1', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
])('%s stands for %s', (address, client) => {
  expect(clientOf(address)).toBe(client)
})

test('the client is the last address that no trusted proxy has', () => {
  const isTrusted = addressRanges(['10.0.0.0/8', '2001:db8::/32'])
  expect(forwardedClient('6.6.6.6, 192.0.2.7, 10.0.0.1', isTrusted)).toBe('192.0.2.7')
  expect(forwardedClient('10.0.0.2, 10.0.0.1', isTrusted)).toBe('10.0.0.2')
  expect(forwardedClient('192.0.2.7, 2001:db8::9', isTrusted)).toBe('192.0.2.7')
  for (const malformed of ['', 'unknown', '192.0.2.7, 1.2.3']) expect(forwardedClient(malformed, isTrusted)).toBeUndefined()
})
