import { TrinityError } from '@trinity/core'
import { isUdpError } from '@trinity/udp'
import type { Outcome } from '../measure/ledger.ts'
import type { Stopwatch } from '../run/stopwatch.ts'
import type { Target } from '../target/target.ts'
import type { Asker } from './asker.ts'
import { HttpAsker } from './http-asker.ts'
import { UdpAsker, connectClient } from './udp-asker.ts'

/** What is looked at before a run. */
export interface PreflightOptions {
  readonly target: Target
  readonly key: string
  readonly assets: readonly string[]
  readonly timeoutMs: number
  readonly stopwatch: Stopwatch
}

interface Ending {
  readonly outcome: Outcome
  readonly reason: string
}

/** An asset that nobody asked for lately has its first price a moment after the first question. */
const patience = { times: 12, pauseMs: 250 } as const

/** Reasons that a moment may change. */
const passing = new Set(['503 TRN_PRICE_UNAVAILABLE', '503 TRN_PRICE_STALE', 'price unavailable'])

/**
 * Asks a target for each asset once, so that a run does not begin in vain. A refusal is no reason against it: perhaps refusals
 * are what is to be measured.
 * @throws TrinityError `TRN_KEY_INVALID`, `TRN_KEY_REVOKED`, or `TRN_SETTING_INVALID` for a target that gives no price.
 */
export async function checkTarget(options: PreflightOptions): Promise<void> {
  const { target, assets } = options
  if (target.protocol === 'udp') await checkSession(options)
  const asker = openAsker(options)
  try {
    await asker.prepare(1)
    for (const asset of assets) {
      const { outcome, reason } = await askPatiently(asker, asset, options.stopwatch)
      if (outcome === 'priced') continue
      if (outcome === 'refused' && !passing.has(reason)) return
      throw refusal(target, asset, reason)
    }
  } finally {
    await asker.close()
  }
}

function openAsker({ target, key, timeoutMs }: PreflightOptions): Asker {
  return target.protocol === 'http' ? new HttpAsker({ target, key, timeoutMs, connections: 1 }) : new UdpAsker({ target, key, timeoutMs, sockets: 1 })
}

async function askPatiently(asker: Asker, asset: string, stopwatch: Stopwatch): Promise<Ending> {
  for (let left: number = patience.times; ; left--) {
    const ending = await new Promise<Ending>((resolve) => asker.ask(asset, (outcome, reason) => resolve({ outcome, reason })))
    if (left === 1 || !passing.has(ending.reason)) return ending
    await new Promise<void>((resolve) => void stopwatch.after(patience.pauseMs, resolve))
  }
}

/** A session tells more of what is wrong than the query that fails without it. */
async function checkSession({ target, key, timeoutMs }: PreflightOptions): Promise<void> {
  try {
    const client = await connectClient({ target, key, timeoutMs })
    await client.close()
  } catch (error) {
    const because = isUdpError(error) && error.cause instanceof Error ? ` (${error.cause.message})` : ''
    throw new TrinityError('TRN_SETTING_INVALID', `--udp ${target.label}: ${error instanceof Error ? error.message : String(error)}${because}`, {
      cause: error,
    })
  }
}

function refusal({ protocol, label }: Target, asset: string, reason: string): TrinityError {
  const option = `--${protocol} ${label}`
  if (reason.startsWith('401')) return new TrinityError('TRN_KEY_INVALID', `${option} does not know this key (${reason}); check --key.`)
  if (reason.startsWith('403')) return new TrinityError('TRN_KEY_REVOKED', `${option} refuses this key (${reason}); check --key.`)
  if (passing.has(reason))
    return new TrinityError('TRN_SETTING_INVALID', `${option} has no price of ${asset} now (${reason}); choose other --assets.`)
  if (/^404|asset unknown/.test(reason))
    return new TrinityError('TRN_SETTING_INVALID', `${option} knows no asset ${asset} (${reason}); see --assets.`)
  const what = /^\d/.test(reason) ? `answered ${reason}, which is no price` : `gives no answer (${reason})`
  return new TrinityError('TRN_SETTING_INVALID', `${option} ${what}; is a gateway running there?`)
}
