import { type KeyEntry, type KeyStore, KeyReader, KeyTable, TrinityError, plans, ratePlan } from '@trinity/core'
import { FakeClock } from '@trinity/core/testing'
import { describe, expect, test } from 'vitest'
import { keyEntry } from '../../test-support/test-keys.fixture.ts'
import { QuietLog } from '../quiet-log.ts'
import { KeyBook } from './key-book.ts'

/** A store whose keys the test changes at will. */
class ChangingStore implements KeyStore {
  keys: readonly KeyEntry[] = []
  fails = false
  error = new Error('the store is away')
  loads = 0
  onChange: (() => void) | undefined

  async load(): Promise<readonly KeyEntry[]> {
    this.loads++
    const { keys } = this
    await new Promise(setImmediate)
    if (this.fails) throw this.error
    return keys
  }

  watch(onChange: () => void): () => void {
    this.onChange = onChange
    return () => (this.onChange = undefined)
  }
}

function openBook(): { store: ChangingStore; table: KeyTable; reader: KeyReader; book: KeyBook; log: string[]; state(id: string): string } {
  const log: string[] = []
  const write = (...parts: readonly unknown[]): void => void log.push(parts.map((part) => JSON.stringify(part)).join(' '))
  const store = new ChangingStore()
  const table = new KeyTable(8)
  const reader = new KeyReader(table.buffer)
  const quietLog = new QuietLog({ level: 'info', debug: write, info: write, warn: write, error: write }, new FakeClock())
  const book = new KeyBook({ store, table, log: quietLog })
  const state = (id: string): string => {
    const row = reader.find(keyEntry(id).hash)
    return row < 0 ? 'unknown' : reader.isRevoked(row) ? 'revoked' : reader.tier(row)
  }
  return { store, table, reader, book, log, state }
}

const turns = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await new Promise(setImmediate)
}

describe('the key book', () => {
  test('brings keys into the table, and each later change', async () => {
    const { store, book, state, log } = openBook()
    store.keys = [keyEntry('a'), keyEntry('b', { tier: 'pro', plan: plans.pro })]
    expect(book.isLoaded).toBe(false)
    await book.start()
    expect([book.isLoaded, state('a'), state('b'), state('c')]).toEqual([true, 'partner', 'pro', 'unknown'])
    store.keys = [keyEntry('a', { revoked: true }), keyEntry('b', { tier: 'enterprise', plan: plans.enterprise }), keyEntry('c')]
    store.onChange?.()
    await turns()
    expect([state('a'), state('b'), state('c')]).toEqual(['revoked', 'enterprise', 'partner'])
    store.keys = [keyEntry('b')]
    store.onChange?.()
    await turns()
    expect([state('a'), state('b'), state('c')]).toEqual(['revoked', 'partner', 'revoked'])
    store.keys = [keyEntry('b'), keyEntry('c')]
    store.onChange?.()
    await turns()
    expect([state('c'), log]).toEqual(['partner', []])
    book.stop()
    expect(store.onChange).toBeUndefined()
  })

  test('keeps what it knew while the store can’t be read, warns once and says when it is over', async () => {
    const { store, book, state, log } = openBook()
    store.keys = [keyEntry('a')]
    await book.start()
    store.fails = true
    store.keys = []
    for (let i = 0; i < 5; i++) await book.refresh()
    expect([state('a'), log.length]).toEqual(['partner', 1])
    expect(log[0]).toMatch(/store is away/)
    store.fails = false
    store.keys = [keyEntry('a'), keyEntry('b')]
    await book.refresh()
    expect([state('a'), state('b'), log.length]).toEqual(['partner', 'partner', 2])
  })

  test('that could not read its store at the start brings the keys in with the next change', async () => {
    const { store, book, state } = openBook()
    store.fails = true
    store.keys = [keyEntry('a')]
    await book.start()
    expect([book.isLoaded, state('a')]).toEqual([false, 'unknown'])
    store.fails = false
    store.onChange?.()
    await turns()
    expect([book.isLoaded, state('a')]).toEqual([true, 'partner'])
  })

  test('does not start on a store that somebody has to mend first', async () => {
    const { store, book } = openBook()
    store.fails = true
    store.error = new TrinityError('TRN_KEY_FILE_INVALID', 'broken')
    await expect(book.start()).rejects.toThrow('broken')
    expect(store.onChange).toBeUndefined()
  })

  test('reads a change that comes while it is reading, and reads only once for many', async () => {
    const { store, book, state } = openBook()
    await book.start()
    const reading = book.refresh()
    store.keys = [keyEntry('late')]
    for (let i = 0; i < 10; i++) store.onChange?.()
    await reading
    expect([state('late'), store.loads]).toEqual(['partner', 4])
  })

  test('leaves out a key that can’t be used, and takes the others', async () => {
    const { store, book, state, log } = openBook()
    store.keys = [
      keyEntry('a', { plan: { ...plans.pro, queriesPerSecond: 0.5 } }),
      keyEntry('b'),
      keyEntry('twin', { hash: keyEntry('b').hash }),
      keyEntry('c'),
    ]
    await book.start()
    expect([state('a'), state('b'), state('c'), log.length]).toEqual(['unknown', 'partner', 'partner', 2])
  })

  test('leaves out a key whose rate can’t be counted exactly for years, logs which field is wrong, and takes the others', async () => {
    const { store, book, state, log } = openBook()
    store.keys = [keyEntry('a'), keyEntry('fast', { plan: ratePlan(999_983, 10) }), keyEntry('b', { plan: ratePlan(1_000_000, 10) })]
    await book.start()
    expect([state('a'), state('fast'), state('b')]).toEqual(['partner', 'unknown', 'partner'])
    expect(log).toEqual([expect.stringMatching(/"key":"fast","code":"TRN_SETTING_INVALID","error":"queriesPerSecond of a plan is 999983/)])
  })

  test('keeps the limits of a key whose new ones can’t be counted', async () => {
    const { store, book, state, reader } = openBook()
    store.keys = [keyEntry('a', { plan: ratePlan(7, 10) })]
    await book.start()
    store.keys = [keyEntry('a', { plan: ratePlan(999_983, 10) })]
    await book.refresh()
    expect([state('a'), reader.plan(reader.find(keyEntry('a').hash)).queriesPerSecond]).toEqual(['partner', 7])
  })

  test('never shows a key as unknown, or as revoked, while others change', async () => {
    const { store, book, state } = openBook()
    store.keys = [keyEntry('a')]
    await book.start()
    for (let i = 0; i < 50; i++) {
      store.keys = [keyEntry('a'), keyEntry(`x${i}`)]
      store.onChange?.()
      await turns()
      expect([state('a'), state(`x${i}`)]).toEqual(['partner', 'partner'])
    }
  })
})
