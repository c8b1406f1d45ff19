import { isWebhookError, verifyDatagram, WebhookError, type WebhookEvent } from '@trinity/webhook-client'
import { UdpError } from '../error.ts'
import { wireSize } from '../protocol.ts'
import type { CheckedOptions } from './options.ts'
import type { DatagramOrigin } from './socket/receive-socket.ts'

/** A datagram as it came. */
export interface Arrived {
  readonly datagram: Uint8Array
  readonly from: DatagramOrigin
}

/** What one is by itself. */
export type Checked = { readonly event: WebhookEvent; readonly wasHandled: boolean } | { readonly error: WebhookError; readonly from: DatagramOrigin }

/** What of the options a check needs. */
export type CheckOptions = Pick<CheckedOptions, 'secret' | 'toleranceSeconds' | 'replay' | 'environment'>

/** Proves a datagram genuine and asks the replay store for its id. Never rejects. */
export async function checkDatagram({ datagram, from }: Arrived, options: CheckOptions): Promise<Checked> {
  try {
    if (datagram.length > wireSize.datagramMost) throw new WebhookError('DATAGRAM_INVALID')
    const { secret, toleranceSeconds, replay, environment } = options
    // The store is not asked by verifyDatagram, since an event that was handled by another way counts as come, not as missing.
    const event = await verifyDatagram(secret, datagram, { toleranceSeconds, now: () => environment.now() })
    return { event, wasHandled: replay !== undefined && (await isSeen(replay, event.id)) }
  } catch (error) {
    return { error: isWebhookError(error) ? error : new WebhookError('CRYPTO_FAILED', '', error), from }
  }
}

async function isSeen(replay: NonNullable<CheckOptions['replay']>, id: string): Promise<boolean> {
  try {
    return await replay.seen(id)
  } catch (error) {
    throw new WebhookError('REPLAY_FAILED', '', error)
  }
}

/** Tries the secret on a forgery. @throws {@link UdpError} `SECRET_INVALID` where that is not refused for its signature. */
export async function checkSecret(secret: CheckOptions['secret'], nowMs: number): Promise<void> {
  const zeros = (bytes: number): string => Buffer.alloc(bytes).toString('base64')
  const forgery = Buffer.from(`forged ${Math.floor(nowMs / 1000)} v1,${zeros(32)} v1a,${zeros(64)}\n`)
  try {
    await verifyDatagram(secret, forgery, { now: nowMs })
  } catch (cause) {
    if (isWebhookError(cause) && cause.code === 'SIGNATURE_MISMATCH') return
    throw new UdpError('SECRET_INVALID', `The secret can't check datagrams: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
