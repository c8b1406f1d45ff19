import type { Bench } from '../bench.ts'
import { type Spread, spreadOf } from '../statistics.ts'
import { type SignedDelivery, signDeliveries } from './deliveries.ts'
import { type BodyForm, type Verifier, type VerifierName, verifierNames, verifiers } from './verifiers.ts'
import { reportVerify } from './verify-report.ts'

/** One verifier on one size of event and form of body. */
export interface VerifyEntry {
  readonly name: VerifierName
  readonly prices: number
  readonly form: BodyForm
  /** Verifications per second. */
  readonly perSecond: Spread
  /** Verifications per second of CPU time of the whole process, WebCrypto's threads included. */
  readonly perCpuSecond: Spread
}

interface Slice {
  readonly perSecond: number
  readonly perCpuSecond: number
}

const eventSizes = [1, 5, 30] as const
const deliveriesPerPass = 640

/** Verifies the same signed price updates with the client, npm standardwebhooks and WebCrypto alone. */
export const benchVerify: Bench = async ({ rounds, quick }) => {
  const contests = eventSizes.flatMap((prices) =>
    verifierNames.flatMap((name) =>
      (name === 'webcrypto' ? ['text' as const] : (['bytes', 'text'] as const)).map((form) => ({ name, prices, form, slices: [] as Slice[] })),
    ),
  )
  for (const [name, verifier] of Object.entries(verifiers)) {
    const wrong = await findWrong(name, verifier)
    if (wrong !== undefined) return { wrong }
  }
  // The first round only warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const { name, prices, form, slices } of contests) {
      const slice = await measureSlice(verifiers[name], prices, form, quick ? 0 : 150)
      if (slice === undefined) return { wrong: `${name} found other events in one pass` }
      if (round > 0) slices.push(slice)
    }
  }
  return reportVerify(
    contests.map(({ slices, ...entry }) => ({
      ...entry,
      perSecond: spreadOf(slices.map(({ perSecond }) => perSecond)),
      perCpuSecond: spreadOf(slices.map(({ perCpuSecond }) => perCpuSecond)),
    })),
  )
}

/** Signed anew each time, since a delivery is good for five minutes only. */
async function measureSlice(verifier: Verifier, prices: number, form: BodyForm, sliceMs: number): Promise<Slice | undefined> {
  const deliveries = signDeliveries(deliveriesPerPass, prices)
  const expected = sumOfSequences(deliveries)
  const cpu = process.cpuUsage()
  const start = performance.now()
  let count = 0
  let elapsedMs = 0
  do {
    if ((await verifier(deliveries, form)) !== expected) return undefined
    count += deliveries.length
    elapsedMs = performance.now() - start
  } while (elapsedMs < sliceMs)
  const { user, system } = process.cpuUsage(cpu)
  return { perSecond: Math.round((count * 1e3) / elapsedMs), perCpuSecond: Math.round((count * 1e6) / (user + system)) }
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
