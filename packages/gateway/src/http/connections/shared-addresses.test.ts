import { expect, test } from 'vitest'
import { SharedAddresses, maxAddresses, maxKeysOfClient } from './shared-addresses.ts'

function open(): { readonly addresses: SharedAddresses; readonly shared: string[] } {
  const shared: string[] = []
  return { addresses: new SharedAddresses((address) => shared.push(address)), shared }
}

test('an address that brings more good keys in a minute than one client has is shared', () => {
  const { addresses, shared } = open()
  for (let row = 0; row < maxKeysOfClient; row++) addresses.noteKey('192.0.2.1', row, 0)
  addresses.noteKey('192.0.2.1', 0, 0)
  // Those of the minute before count no more.
  addresses.noteKey('192.0.2.1', maxKeysOfClient, 60_001)
  expect(addresses.has('192.0.2.1')).toBe(false)
  for (let row = 0; row < maxKeysOfClient; row++) addresses.noteKey('192.0.2.1', row, 60_002)
  expect([addresses.has('192.0.2.1'), shared]).toEqual([true, ['192.0.2.1']])
})

test('so many addresses are remembered, and with one more they are told anew', () => {
  const { addresses, shared } = open()
  for (let i = 0; i < maxAddresses; i++) addresses.noteForwarded(`2001:db8::${i.toString(16)}`)
  addresses.noteForwarded('2001:db8::0')
  expect([addresses.has('2001:db8::0'), shared.length]).toEqual([true, maxAddresses])
  addresses.noteForwarded('192.0.2.1')
  expect([addresses.has('2001:db8::0'), addresses.has('192.0.2.1')]).toEqual([false, true])
})
