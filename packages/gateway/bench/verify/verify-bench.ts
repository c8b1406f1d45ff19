import type { Bench } from '../bench.ts'
import { type SignedDelivery, signDeliveries } from './deliveries.ts'
import { type Speeds, type VerifyCase, reportVerify } from './verify-report.ts'
import { type BodyForm, type Verifier, type VerifierName, verifierNames, verifiers } from './verifiers.ts'

interface RoundPlan {
  /** Signed for each round of a case. */
  readonly deliveries: number
  /** At least one pass of each verifier over them. */
  readonly roundMs: number
}

const eventSizes = [1, 5, 30] as const
const bodyForms = ['bytes', 'text'] as const
const fullPlan: RoundPlan = { deliveries: 640, roundMs: 400 }
const quickPlan: RoundPlan = { deliveries: 64, roundMs: 0 }

/** Verifies the same signed price updates with the client, npm standardwebhooks and WebCrypto alone. */
export const benchVerify: Bench = async ({ rounds, quick }) => {
  for (const [name, verifier] of Object.entries(verifiers)) {
    const wrong = await findWrong(name, verifier)
    if (wrong !== undefined) return { wrong }
  }
  const cases: VerifyCase[] = eventSizes.flatMap((prices) => bodyForms.map((form) => ({ prices, form, rounds: [] })))
  // The first round only warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const { prices, form, rounds: done } of cases) {
      const speeds = await measureRound(prices, form, quick ? quickPlan : fullPlan)
      if ('wrong' in speeds) return speeds
      if (round > 0) done.push(speeds)
    }
  }
  return reportVerify(cases)
}

interface Spent {
  deliveries: number
  wallMs: number
  cpuMicros: number
}

/** The verifiers take turns pass by pass, some ten milliseconds each, so that a neighbour on the machine slows all of them alike. */
async function measureRound(prices: number, form: BodyForm, plan: RoundPlan): Promise<Record<VerifierName, Speeds> | { readonly wrong: string }> {
  // Signed anew each time, since a delivery is good for five minutes only.
  const deliveries = signDeliveries(plan.deliveries, prices)
  const expected = sumOfSequences(deliveries)
  const spent = verifierNames.map((name) => ({ name, deliveries: 0, wallMs: 0, cpuMicros: 0 }))
  const end = performance.now() + plan.roundMs
  do {
    for (const each of spent) {
      if (!(await pass(verifiers[each.name], deliveries, form, expected, each))) return { wrong: `${each.name} found other events in one pass` }
    }
  } while (performance.now() < end)
  return Object.fromEntries(spent.map((each) => [each.name, speedsOf(each)])) as Record<VerifierName, Speeds>
}

async function pass(verifier: Verifier, deliveries: readonly SignedDelivery[], form: BodyForm, expected: number, spent: Spent): Promise<boolean> {
  const cpu = process.cpuUsage()
  const start = performance.now()
  const found = await verifier(deliveries, form)
  spent.wallMs += performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  spent.cpuMicros += user + system
  spent.deliveries += deliveries.length
  return found === expected
}

function speedsOf({ deliveries, wallMs, cpuMicros }: Spent): Speeds {
  return { perSecond: Math.round((deliveries * 1e3) / wallMs), perCpuSecond: Math.round((deliveries * 1e6) / cpuMicros) }
}

/** Says who accepts what is damaged or misses what is right. */
export async function findWrong(name: string, verifier: Verifier): Promise<string | undefined> {
  const deliveries = signDeliveries(10, 5)
  if ((await verifier(deliveries, 'bytes')) !== sumOfSequences(deliveries)) return `${name} does not find the events`
  for (const { headers, text } of deliveries) {
    const damaged = text.replace('.0000', '.0001')
    const accepted = await verifier([{ headers, text: damaged, bytes: Buffer.from(damaged) }], 'text').then(
      () => true,
      () => false,
    )
    if (accepted) return `${name} accepts a price that was changed`
  }
  return undefined
}

function sumOfSequences(deliveries: readonly SignedDelivery[]): number {
  return (deliveries.length * (deliveries.length - 1)) / 2
}
