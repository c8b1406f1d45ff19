import { expect, test } from 'vitest'
import { ConnectionShare, type CountedConnection, keyedMs } from './connection-share.ts'

interface Made extends CountedConnection {
  busy: boolean
  evicted: boolean
}

function connection(client?: string): Made {
  const made: Made = {
    client,
    kind: 'keyless',
    keyRow: -1,
    keyedAt: -Infinity,
    busy: false,
    evicted: false,
    isBusy: () => made.busy,
    evict: () => void (made.evicted = true),
  }
  return made
}

function addMany(share: ConnectionShare, count: number, client?: string): readonly Made[] {
  return Array.from({ length: count }, () => {
    const made = connection(client)
    share.add(made)
    return made
  })
}

const kindsOf = (all: readonly Made[]): Record<string, number> =>
  Object.fromEntries(Object.entries(Object.groupBy(all, ({ kind }) => kind)).map(([kind, list]) => [kind, list?.length ?? 0]))

test('one client has at most half of what is free, the next half of the rest, and whoever comes beyond is on probation', () => {
  const share = new ConnectionShare(100)
  expect(kindsOf(addMany(share, 60, 'one'))).toEqual({ keyless: 38, probation: 22 })
  expect(kindsOf(addMany(share, 30, 'other'))).toEqual({ keyless: 19, probation: 11 })
})

test('connections of many behind one address have three quarters together', () => {
  const share = new ConnectionShare(100)
  expect(kindsOf(addMany(share, 100))).toEqual({ keyless: 75, probation: 25 })
})

test('where all are taken the oldest on probation that asks nothing has to go', () => {
  const share = new ConnectionShare(8)
  const [first, second] = addMany(share, 8).filter(({ kind }) => kind === 'probation') as [Made, Made]
  first.busy = true
  expect(share.add(connection())).toBe(true)
  expect([first.evicted, second.evicted, second.kind, share.count]).toEqual([false, true, 'ended', 8])
})

test('where nobody can go there is no room', () => {
  const share = new ConnectionShare(8)
  for (const made of addMany(share, 8)) made.busy = true
  expect(share.add(connection())).toBe(false)
  expect(share.count).toBe(8)
})

test('who shows a good key leaves the share, and comes back when the key is old', () => {
  const share = new ConnectionShare(8)
  const all = addMany(share, 8)
  for (const [i, made] of all.entries()) share.noteKey(made, i, 1000)
  expect(share.add(connection())).toBe(false)
  const [busy] = all as [Made]
  busy.busy = true
  share.forgetOldKeys(1000 + keyedMs)
  expect(kindsOf(all)).toEqual({ keyed: 8 })
  share.forgetOldKeys(1001 + keyedMs)
  expect(kindsOf(all)).toEqual({ keyed: 1, keyless: 6, probation: 1 })
})

test('a connection on probation is readmitted when there is room again', () => {
  const share = new ConnectionShare(8)
  const all = addMany(share, 8)
  const late = all.at(-1) as Made
  expect(share.readmit(late)).toBe(false)
  share.remove(all[0] as Made)
  expect(share.readmit(late)).toBe(true)
  expect(late.kind).toBe('keyless')
})

test('what is removed twice is counted once', () => {
  const share = new ConnectionShare(8)
  const [made] = addMany(share, 3, 'one') as [Made]
  share.remove(made)
  share.remove(made)
  share.noteKey(made, 1, 1000)
  expect([share.count, made.kind]).toEqual([2, 'ended'])
})

test('one key has an eighth of all beside the others; its other connections count as those of strangers', () => {
  const share = new ConnectionShare(32)
  const all = addMany(share, 32)
  for (const made of all) share.noteKey(made, 7, 1000)
  expect(kindsOf(all)).toEqual({ keyed: 4, keyless: 20, probation: 8 })
  const [first, other] = all as [Made, Made]
  share.noteKey(first, 8, 1000)
  share.noteKey(other, 7, 2000)
  expect([first.kind, other.kind, other.keyedAt]).toEqual(['keyed', 'keyed', 2000])
  const last = all.at(-1) as Made
  share.noteKey(last, 7, 2000)
  expect(last.kind).toBe('keyed')
})
