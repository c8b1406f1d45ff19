import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Ledger, type Outcome, sumLedgers } from './ledger.ts'

type Step =
  | { readonly kind: 'send' }
  | { readonly kind: 'settle'; readonly outcome: Outcome; readonly reason: string }
  | { readonly kind: 'withdraw' }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Step>({ kind: 'send' }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      outcome: fc.constantFrom<Outcome>('priced', 'failed', 'refused', 'lost'),
      reason: fc.string({ maxLength: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'withdraw' }) },
)

/** Plays steps, ending only what is under way, then closes and lets late endings come. */
function play(steps: readonly Step[]): { ledger: Ledger; sent: number } {
  const ledger = new Ledger()
  let sent = 0
  let late = 0
  for (const one of steps) {
    if (one.kind === 'send') {
      ledger.send()
      sent++
    } else if (one.kind === 'withdraw') ledger.withdraw(1)
    else if (ledger.underWay > 0) ledger.settle(one.outcome, 1, true, one.reason)
    else late++
  }
  ledger.close('too late')
  for (let i = 0; i < late; i++) ledger.settle('priced', 1, true, '')
  return { ledger, sent }
}

describe('a ledger', () => {
  test('has sent = answered + refused + lost, whatever happened, and a reason for all that is no price', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { ledger, sent } = play(steps)
        const { counts } = ledger
        expect(counts.sent).toBe(sent)
        expect(counts.answered + counts.refused + counts.lost).toBe(sent)
        expect(ledger.underWay).toBe(0)
        expect(ledger.latency.size).toBe(counts.answered - counts.failed)
        expect([...ledger.reasons.values()].reduce((all, count) => all + count, 0)).toBe(counts.failed + counts.refused + counts.lost)
        expect(ledger.reasons.size).toBeLessThanOrEqual(21)
      }),
    )
  })

  test('adds up', () => {
    fc.assert(
      fc.property(fc.array(fc.array(step, { maxLength: 40 }), { maxLength: 5 }), (parts) => {
        const ledgers = parts.map((steps) => play(steps).ledger)
        const total = sumLedgers(ledgers)
        for (const name of ['sent', 'answered', 'failed', 'refused', 'lost', 'unsent'] as const)
          expect(total.counts[name]).toBe(ledgers.reduce((all, { counts }) => all + counts[name], 0))
        expect(total.latency.size).toBe(ledgers.reduce((all, { latency }) => all + latency.size, 0))
      }),
    )
  })

  test('counts answers that came in time apart from late ones', () => {
    const ledger = new Ledger()
    for (let i = 0; i < 3; i++) ledger.send()
    ledger.settle('priced', 1, true, '')
    ledger.settle('failed', 1, true, 'x')
    ledger.settle('priced', 9, false, '')
    expect(ledger.counts).toMatchObject({ answered: 3, failed: 1, answeredInTime: 2 })
  })
})
