import { FakeClock } from '@trinity/core/testing'
import { describe, expect, test } from 'vitest'
import { FakeAsker, stopwatchOf } from '../test-support/fake-asker.fixture.ts'
import { type LevelOutcome, type LevelRun, runLevel } from './level-run.ts'

interface Running {
  readonly clock: FakeClock
  readonly interrupt: AbortController
  readonly outcome: Promise<LevelOutcome>
}

function start(askers: readonly FakeAsker[], level: Partial<LevelRun['level']>, more: Partial<LevelRun> = {}): Running {
  const clock = new FakeClock()
  const interrupt = new AbortController()
  const outcome = runLevel({
    level: { number: 1, outstanding: 1, ratePerSecond: undefined, ...level },
    askers,
    assets: ['btc'],
    seconds: 1,
    graceMs: 3000,
    stopwatch: stopwatchOf(clock),
    signal: interrupt.signal,
    ...more,
  })
  return { clock, interrupt, outcome }
}

/** Answers each request after so many milliseconds. */
function answering(afterMs: number): { readonly asker: FakeAsker; connect(clock: FakeClock): void } {
  let clock: FakeClock | undefined
  const early: (() => void)[] = []
  const asker = new FakeAsker(Number.POSITIVE_INFINITY, (settle) => {
    const answer = (): void => settle('priced', '')
    if (clock === undefined) early.push(answer)
    else clock.after(afterMs, answer)
  })
  return {
    asker,
    connect(given) {
      clock = given
      for (const answer of early) clock.after(afterMs, answer)
    },
  }
}

describe('a closed loop', () => {
  test('keeps its number outstanding, asks targets and assets in turn', async () => {
    const askers = [new FakeAsker(), new FakeAsker()]
    const { clock, outcome } = start(askers, { outstanding: 4 }, { assets: ['btc', 'eth', 'sol'] })
    expect(askers.map(({ waiting }) => waiting.length)).toEqual([2, 2])
    askers[0]!.settle()
    askers[0]!.settle()
    expect(askers.map(({ waiting }) => waiting.length)).toEqual([1, 3])
    expect(askers.map(({ asked }) => asked.join())).toEqual(['btc,eth,sol', 'btc,eth,sol'])
    await clock.advanceAsync(1001)
    for (const asker of askers) while (asker.waiting.length > 0) asker.settle()
    const { ledgers, seconds } = await outcome
    expect(seconds).toBe(1)
    expect(ledgers.map(({ counts }) => counts)).toEqual([
      expect.objectContaining({ sent: 3, answered: 3, lost: 0, answeredInTime: 2 }),
      expect.objectContaining({ sent: 3, answered: 3, lost: 0, answeredInTime: 0 }),
    ])
  })

  test('sends no more than there is room for; the wait in line is part of the latency, and what never left is not sent', async () => {
    const asker = new FakeAsker(2)
    const { clock, outcome } = start([asker], { outstanding: 4 })
    expect(asker.waiting).toHaveLength(2)
    await clock.advanceAsync(300)
    asker.settle()
    await clock.advanceAsync(100)
    asker.settle()
    asker.settle()
    await clock.advanceAsync(600)
    while (asker.waiting.length > 0) asker.settle()
    const [ledger] = (await outcome).ledgers
    expect(ledger!.counts).toMatchObject({ sent: 5, answered: 5, unsent: 2 })
    // 300, then 400 for one that was sent at once and one that waited for 300; the other two came due at 0 and 300.
    expect(ledger!.summarize()).toMatchObject({ p50: expect.closeTo(400, -1) as number, max: 1000 })
  })

  test('gives a target that fails at once a rest', async () => {
    const asker = new FakeAsker(Number.POSITIVE_INFINITY, (settle) => queueMicrotask(() => settle('lost', 'ECONNREFUSED')))
    const { clock, outcome } = start([asker], { outstanding: 3 })
    await clock.advanceAsync(1000)
    const [ledger] = (await outcome).ledgers
    expect(ledger!.counts.sent).toBeLessThanOrEqual(33)
    expect(ledger!.counts.lost).toBe(ledger!.counts.sent)
    expect([...ledger!.reasons]).toEqual([['ECONNREFUSED', ledger!.counts.sent]])
  })

  test('waits for late answers, then counts what is missing as lost, once', async () => {
    const asker = new FakeAsker()
    const { clock, outcome } = start([asker], { outstanding: 3 })
    await clock.advanceAsync(2000)
    asker.settle('refused', '429')
    const missing = [...asker.waiting]
    await clock.advanceAsync(2000)
    const [ledger] = (await outcome).ledgers
    for (const settle of missing) settle('priced', '')
    expect(ledger!.counts).toMatchObject({ sent: 3, answered: 0, refused: 1, lost: 2, unsent: 0 })
    expect(Object.fromEntries(ledger!.reasons)).toEqual({ 429: 1, timeout: 2 })
    expect(asker.cuts).toBe(1)
  })

  test('ends early and soon when it is told to', async () => {
    const asker = new FakeAsker()
    const { clock, interrupt, outcome } = start([asker], { outstanding: 2 })
    await clock.advanceAsync(400)
    asker.settle()
    interrupt.abort()
    await clock.advanceAsync(500)
    const { seconds, ledgers } = await outcome
    expect(seconds).toBe(0.4)
    expect(ledgers[0]!.counts).toMatchObject({ sent: 3, answered: 1, lost: 2 })
    expect([...ledgers[0]!.reasons.keys()]).toEqual(['the run was ended'])
  })

  test('does not wait out the time of late answers when it is told to end', async () => {
    const { clock, interrupt, outcome } = start([new FakeAsker()], {})
    await clock.advanceAsync(1100)
    interrupt.abort()
    await clock.advanceAsync(500)
    expect((await outcome).ledgers[0]!.counts).toMatchObject({ sent: 1, lost: 1 })
    expect(clock.pending).toBe(0)
  })
})

describe('an open loop', () => {
  test('sends by its schedule, whatever was answered', async () => {
    const silent = new FakeAsker()
    const { asker: quick, connect } = answering(5)
    const { clock, outcome } = start([silent, quick], { outstanding: 1000, ratePerSecond: 250 })
    connect(clock)
    await clock.advanceAsync(999)
    expect([silent.asked.length, quick.asked.length]).toEqual([125, 125])
    await clock.advanceAsync(5000)
    const { ledgers } = await outcome
    expect(ledgers.map(({ counts }) => [counts.sent, counts.answered, counts.lost])).toEqual([
      [125, 0, 125],
      [125, 125, 0],
    ])
    expect(ledgers[1]!.summarize()).toMatchObject({ p50: 5, max: 5 })
  })

  test('counts latency from the schedule, so a pause of the target shows in all that came due meanwhile', async () => {
    const asker = new FakeAsker(1)
    const { clock, outcome } = start([asker], { outstanding: 1000, ratePerSecond: 100 })
    await clock.advanceAsync(500)
    for (let i = 0; i < 51; i++) asker.settle()
    await clock.advanceAsync(500)
    while (asker.waiting.length > 0) asker.settle()
    const [ledger] = (await outcome).ledgers
    // 51 came due 0 to 500 ms before the pause was over, the 52nd was under way from 510 on.
    expect(ledger!.counts).toMatchObject({ sent: 52, answered: 52, unsent: 48 })
    expect(ledger!.summarize()).toMatchObject({ p50: expect.closeTo(250, -1) as number, max: 500 })
  })

  test('has no more outstanding than allowed; sent and unsent are the schedule', async () => {
    const asker = new FakeAsker()
    const { clock, outcome } = start([asker, new FakeAsker()], { outstanding: 7, ratePerSecond: 333 })
    await clock.advanceAsync(300)
    expect(asker.waiting.length).toBe(4)
    asker.settle()
    await clock.advanceAsync(5000)
    const { ledgers } = await outcome
    const sum = (of: 'sent' | 'unsent'): number => ledgers.reduce((all, { counts }) => all + counts[of], 0)
    expect([sum('sent'), sum('sent') + sum('unsent')]).toEqual([8, 333])
  })
})

test('a level says how far it is', async () => {
  const shares: number[] = []
  const { clock, outcome } = start([answering(1).asker], {}, { onProgress: ({ share }) => shares.push(share) })
  await clock.advanceAsync(9000)
  await outcome
  expect(shares).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
})
