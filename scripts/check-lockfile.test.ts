import { describe, expect, test } from 'vitest'
import { lockfileFaults, looseDependencies } from './check-lockfile.ts'

describe('the lockfile', () => {
  test('is in order with an integrity and no address for each package', () => {
    const packages = {
      '': {},
      'packages/core': {},
      'node_modules/@trinity/core': { resolved: 'packages/core', link: true },
      'node_modules/ws': { integrity: 'sha512-x' },
    }
    expect(lockfileFaults(packages)).toEqual([])
  })

  test('must not name a registry or lack an integrity', () => {
    const packages = { 'node_modules/ws': { resolved: 'https://registry.example/ws.tgz', integrity: 'sha512-x' }, 'node_modules/zod': {} }
    expect(lockfileFaults(packages)).toEqual(['node_modules/ws: holds an address', 'node_modules/zod: has no integrity'])
  })
})

test('a dependency is one version, not a range', () => {
  const dependencies = { a: '1.2.3', b: 'npm:@x/y@6.0.2', c: '18.4.0-beta.17', d: '^1.2.3', e: '*', f: 'npm:y@7', g: '1.x' }
  expect(looseDependencies({ name: 'p', dependencies })).toEqual([
    'p: d is not pinned: ^1.2.3',
    'p: e is not pinned: *',
    'p: f is not pinned: npm:y@7',
    'p: g is not pinned: 1.x',
  ])
})
