import { expect, test } from 'vitest'
import { isLoopback, ownHosts } from './own-hosts.ts'

const hosts = [
  '127.0.0.1',
  '127.0.0.1:9464',
  '127.9.9.9',
  '[::1]:9464',
  'localhost',
  'LocalHost:1',
  '10.1.2.3:9464',
  '[fd00::1]',
  'evil.example',
  'localhost.evil.example',
  '127.0.0.1.nip.io',
  '',
]

test.each([
  ['127.0.0.1', ['127.0.0.1', '127.0.0.1:9464', '127.9.9.9', '[::1]:9464', 'localhost', 'LocalHost:1']],
  ['10.1.2.3', ['127.0.0.1', '127.0.0.1:9464', '127.9.9.9', '[::1]:9464', 'localhost', 'LocalHost:1', '10.1.2.3:9464']],
  ['fd00:0:0::1', ['127.0.0.1', '127.0.0.1:9464', '127.9.9.9', '[::1]:9464', 'localhost', 'LocalHost:1', '[fd00::1]']],
  ['0.0.0.0', ['127.0.0.1', '127.0.0.1:9464', '127.9.9.9', '[::1]:9464', 'localhost', 'LocalHost:1', '10.1.2.3:9464', '[fd00::1]']],
])('a listener at %s answers under its addresses, and under no name but localhost', (boundTo, expected) => {
  expect(hosts.filter(ownHosts(boundTo))).toEqual(expected)
})

test.each([
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
])('only this machine reaches %s: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected)
})
