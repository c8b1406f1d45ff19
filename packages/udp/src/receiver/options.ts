import type { ReplayStore } from '@trinity/webhook-client'
import { checkedCount } from '../client/request-check.ts'
import { UdpError } from '../error.ts'
import { type ReceiverEnvironment, systemReceiverEnvironment } from './environment.ts'

/** Where a {@link PriceReceiver} listens, and what it takes. */
export interface PriceReceiverOptions {
  /** Of one subscription: `whsec_` or `whpk_` and base64, or several while they rotate. */
  readonly secret: string | readonly string[]
  /** Default 127.0.0.1, where only this machine can send to; `0.0.0.0` or `::` for every address. */
  readonly host?: string
  /** Default 0: one that is free, see {@link PriceReceiver.address}. */
  readonly port?: number
  /** How far the time of a datagram may lie before or after now; default 300. */
  readonly toleranceSeconds?: number
  /** Asked for ids that were handled already, beside the receiver's own watch for copies; you say `commit` when you have handled one. */
  readonly replay?: Pick<ReplayStore, 'seen'>
  /** Datagrams that may wait for their check and for you; what comes while it is full is dropped and counted. Default 8,192. */
  readonly queueSize?: number
  /** Datagrams checked at once; default 64. */
  readonly concurrency?: number
  /** Receive buffer to ask the system for; default 4 MiB. What it granted is {@link PriceReceiver.receiveBufferBytes}. */
  readonly receiveBufferBytes?: number
  /** Closes the receiver, or ends {@link PriceReceiver.bind} with its reason. */
  readonly signal?: AbortSignal
  readonly environment?: ReceiverEnvironment
}

/** Options of which only what may be left out is. */
export type CheckedOptions = Required<Omit<PriceReceiverOptions, 'signal' | 'replay'>> & Pick<PriceReceiverOptions, 'signal' | 'replay'>

/** @throws {@link UdpError} `BAD_REQUEST` for a number that makes no sense. */
export function withReceiverDefaults(options: PriceReceiverOptions): CheckedOptions {
  const { host = '127.0.0.1', port = 0, toleranceSeconds = 300, environment = systemReceiverEnvironment } = options
  // To the system an empty one is every address, which is not what an unset variable should mean.
  if (host === '') throw new UdpError('BAD_REQUEST', 'host must not be empty; 0.0.0.0 or :: is every address.')
  return {
    ...options,
    host,
    environment,
    port: port === 0 ? port : checkedCount('port', port, 65_535),
    toleranceSeconds: toleranceSeconds === 0 ? toleranceSeconds : checkedCount('toleranceSeconds', toleranceSeconds, 86_400),
    queueSize: checkedCount('queueSize', options.queueSize ?? 8192, 1 << 20),
    concurrency: checkedCount('concurrency', options.concurrency ?? 64, 4096),
    receiveBufferBytes: checkedCount('receiveBufferBytes', options.receiveBufferBytes ?? 4 << 20, 1 << 30),
  }
}
