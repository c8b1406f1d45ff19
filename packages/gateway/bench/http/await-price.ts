import { setTimeout as sleep } from 'node:timers/promises'
import { TrinityError } from '@trinity/core'
import { recordAnswer } from './recorded-answer.ts'

/** What to wait for. */
export interface PriceWait {
  readonly url: string
  readonly key: string
  /** The price must not be this one. */
  readonly known?: string
  readonly patienceMs: number
}

/** Asks a gateway until it answers with a price, or another one than is known; without one the run is void. */
export async function awaitPrice({ url, key, known, patienceMs }: PriceWait): Promise<string> {
  const deadline = performance.now() + patienceMs
  do {
    const { status, body } = await recordAnswer(url, key)
    const price = /"price_text":"([\d.]+)"/.exec(body)?.[1]
    if (status === 200 && price !== undefined && price !== known) return price
    await sleep(50)
  } while (performance.now() < deadline)
  const what = known === undefined ? 'no price' : `no other price than ${known}`
  throw new TrinityError('TRN_INTERNAL', `A server of the bench had ${what} for ${patienceMs / 1000} s, so the run is void.`)
}
