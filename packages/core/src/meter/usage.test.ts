import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UsageDrain } from './usage-drain.ts'
import { type UsageProtocol, type UsageRow, createUsageTables, noWireId, usageHeader, usageProtocols } from './usage-layout.ts'
import { UsageRecorder } from './usage-recorder.ts'

class Meter {
  readonly spilled: UsageRow[] = []
  readonly recorder: UsageRecorder
  readonly buffer: SharedArrayBuffer
  readonly #drain: UsageDrain

  constructor(capacity: number) {
    this.buffer = createUsageTables(capacity)
    this.recorder = this.attach()
    this.#drain = new UsageDrain(this.buffer)
  }

  attach(): UsageRecorder {
    return new UsageRecorder(this.buffer, (row) => this.spilled.push(row))
  }

  record({ keyRow, asset, wireId, tier, protocol, status }: UsageRow): void {
    this.recorder.record(keyRow, asset, wireId, tier, protocol, status)
  }

  drain(): [row: UsageRow, requests: number][] {
    const rows: [UsageRow, number][] = []
    this.#drain.drain((row, requests) => rows.push([row, requests]))
    return rows
  }
}

const row = (keyRow: number, over: Partial<UsageRow> = {}): UsageRow => ({
  keyRow,
  asset: 7,
  wireId: 3,
  tier: 1,
  protocol: usageProtocols.udp,
  status: 200,
  ...over,
})

describe('usage', () => {
  test('is drained once, summed by row', () => {
    const meter = new Meter(4)
    for (const keyRow of [1, 2, 1, 1]) meter.record(row(keyRow))
    expect(meter.drain()).toEqual([
      [row(1), 3],
      [row(2), 1],
    ])
    expect(meter.drain()).toEqual([])
    meter.record(row(2))
    expect(meter.drain()).toEqual([[row(2), 1]])
  })

  test('is kept apart by every part of a row', () => {
    const meter = new Meter(8192)
    const rows = [
      ...Array.from({ length: 4000 }, (_, keyRow) => row(keyRow)),
      ...Array.from({ length: 4000 }, (_, i) =>
        row(1, { asset: 8 + (i % 1000), wireId: i % 2, tier: i % 3, protocol: usageProtocols.http, status: 400 + (i >> 3) }),
      ),
    ]
    for (const each of [...rows, ...rows]) meter.record(each)
    expect(meter.drain()).toEqual(rows.map((each) => [each, 2]))
  })

  test('finds nothing of what a table held before it was emptied', () => {
    const meter = new Meter(2)
    for (const keyRow of [1, 2, 3, 4]) meter.record(row(keyRow))
    meter.drain()
    for (const keyRow of [1, 2]) meter.record(row(keyRow))
    expect(meter.drain()).toEqual([
      [row(1), 1],
      [row(2), 1],
    ])
  })

  test.each([
    row(0),
    row(-1, { asset: -1, wireId: noWireId, tier: 0, status: 429 }),
    row(2 ** 17 - 1, { asset: 2 ** 14 - 1, wireId: 254, tier: 3, protocol: usageProtocols.stream, status: 599 }),
    row(2 ** 17, { asset: 2 ** 14, protocol: usageProtocols.http, status: 1023 }),
  ])('gives back row %o', (each) => {
    const meter = new Meter(4)
    meter.record(each)
    expect(meter.drain()).toEqual([[each, 1]])
    expect(meter.spilled).toEqual([])
  })

  test.each([
    row(2 ** 18),
    row(-2),
    row(1, { asset: 2 ** 15 }),
    row(1, { asset: -2 }),
    row(1, { wireId: 256 }),
    row(1, { tier: 4 }),
    row(1, { tier: -1 }),
    row(1, { protocol: 4 as UsageProtocol }),
    row(1, { status: 1024 }),
    row(1, { status: -1 }),
  ])('row %o, which has no place, is spilled and never counted as another', (each) => {
    const meter = new Meter(4)
    meter.record(each)
    expect(meter.spilled).toEqual([each])
    expect(meter.drain()).toEqual([])
  })

  test('a full table gives way to the other, and both full spill, each request once', () => {
    const meter = new Meter(2)
    for (const keyRow of [1, 2, 3, 4, 5, 4, 1, 5]) meter.record(row(keyRow))
    // Rows 1 and 2 stand in the table that was left; 1 comes again when there is no room for it in the other.
    expect(meter.spilled).toEqual([row(5), row(1), row(5)])
    expect(meter.drain()).toEqual([
      [row(1), 1],
      [row(2), 1],
      [row(3), 1],
      [row(4), 2],
    ])
    for (const keyRow of [5, 4]) meter.record(row(keyRow))
    expect(meter.spilled).toHaveLength(3)
    expect(meter.drain()).toEqual([
      [row(5), 1],
      [row(4), 1],
    ])
  })

  test('whatever is recorded and drained when, each request is found once', () => {
    const step = fc.oneof({ weight: 9, arbitrary: fc.nat(12) }, { weight: 1, arbitrary: fc.constantFrom('drain', 'replace') })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.array(step, { maxLength: 200 }), (capacity, steps) => {
        const meter = new Meter(capacity)
        let { recorder } = meter
        const balance = new Map<number, number>()
        const add = (keyRow: number, n: number): unknown => balance.set(keyRow, (balance.get(keyRow) ?? 0) + n)
        const drain = (): void => meter.drain().forEach(([{ keyRow }, requests]) => add(keyRow, -requests))
        for (const each of steps) {
          if (each === 'drain') drain()
          else if (each === 'replace') recorder = meter.attach()
          else {
            recorder.record(each, 7, 3, 1, 1, 200)
            add(each, 1)
          }
        }
        drain()
        for (const { keyRow } of meter.spilled) add(keyRow, -1)
        expect([...balance.values()].every((left) => left === 0)).toBe(true)
      }),
    )
  })

  test('a row that the receiver throws at is handed over again, the others once', () => {
    const meter = new Meter(4)
    for (const keyRow of [1, 2, 2, 3]) meter.record(row(keyRow))
    const drain = new UsageDrain(meter.buffer)
    const taken: number[] = []
    expect(() =>
      drain.drain(({ keyRow }) => {
        if (keyRow === 2) throw new Error('no room')
        taken.push(keyRow)
      }),
    ).toThrow('no room')
    expect(taken).toEqual([1])
    expect(meter.drain()).toEqual([
      [row(2), 2],
      [row(3), 1],
    ])
  })

  test('what is recorded while a drain runs is found by the next one', () => {
    const meter = new Meter(4)
    meter.record(row(1))
    new UsageDrain(meter.buffer).drain((each) => meter.record(each))
    expect(meter.drain()).toEqual([[row(1), 1]])
  })

  test('a count passes 31 bits', () => {
    const meter = new Meter(1)
    meter.record(row(1))
    const words = new Int32Array(meter.buffer)
    Atomics.store(words, words.indexOf(1, 12), 0x7fff_ffff)
    meter.record(row(1))
    expect(meter.drain()).toEqual([[row(1), 0x8000_0000]])
  })

  test('tables of another layout are refused', () => {
    const { buffer } = new Meter(1)
    Atomics.store(new Int32Array(buffer), usageHeader.version, 99)
    expect(() => new UsageDrain(buffer)).toThrow(/layout 99/)
    expect(() => new UsageRecorder(buffer, () => {})).toThrow(/layout 99/)
  })
})
