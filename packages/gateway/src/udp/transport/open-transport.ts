import { lookup } from 'node:dns/promises'
import { TrinityError } from '@trinity/core'
import { openDgramTransport } from './dgram-transport.ts'
import { type LoadedAddon, loadNativeAddon, openNativeTransport } from './native-transport.ts'
import type { UdpBinding, UdpTransport } from './transport.ts'

/** What the setting may ask for; `auto` takes the native transport where there is one. */
export type TransportKind = 'auto' | UdpTransport['kind']

/** A socket that listens. */
export interface OpenedTransport {
  readonly transport: UdpTransport
  /** Why it is not the native one although that was welcome: a line for the log. */
  readonly note?: string
}

/**
 * Opens a UDP port with the transport asked for. `portVariable` is the setting to name when the port can't be had.
 *
 * @throws TrinityError TRN_SETTING_INVALID when the native transport is demanded and missing, TRN_PORT_UNAVAILABLE.
 */
export async function openTransport(
  kind: TransportKind,
  binding: UdpBinding,
  portVariable: string,
  load: () => LoadedAddon = loadNativeAddon,
): Promise<OpenedTransport> {
  if (kind === 'dgram') return { transport: await open(undefined, binding, portVariable) }
  const loaded = load()
  if (loaded.addon === undefined && kind === 'native') {
    const text = `TRINITY_UDP_TRANSPORT is native, but the native addon is missing: ${loaded.reason}. Build it, or set auto or dgram.`
    throw new TrinityError('TRN_SETTING_INVALID', text)
  }
  const transport = await open(loaded.addon, binding, portVariable)
  if (loaded.addon !== undefined) return { transport }
  return { transport, note: `UDP runs on node:dgram, which is slower than the native addon: ${loaded.reason}.` }
}

async function open(addon: LoadedAddon['addon'], binding: UdpBinding, portVariable: string): Promise<UdpTransport> {
  const { host, port } = binding
  try {
    const { address } = await lookup(host)
    const resolved = { ...binding, host: address }
    return addon === undefined ? await openDgramTransport(resolved) : openNativeTransport(addon, resolved)
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 'is in use' : `can't be opened (${String(error)})`
    const text = `UDP port ${port} on ${host} ${why}; set ${portVariable} to another one, or 0 for any free one.`
    throw new TrinityError('TRN_PORT_UNAVAILABLE', text, { cause: error })
  }
}
