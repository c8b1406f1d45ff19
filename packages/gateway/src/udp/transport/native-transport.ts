import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { errorText } from '@trinity/core'
import { createSharedBatch } from './shared-batch.ts'
import { type UdpBinding, type UdpTransport, batchSlots, slotBytes } from './transport.ts'

/** What udp_batch.c exports. */
export interface NativeAddon {
  readonly batchSlots: number
  readonly slotBytes: number
  readonly sharedBytes: number
  open(
    memory: Uint8Array,
    memoryStart: number,
    shared: Uint8Array,
    address: string,
    port: number,
    reusePort: boolean,
    handle: (first: number, end: number) => void,
  ): { readonly port: number; readonly receiveBufferBytes: number; close(): void }
}

/** The addon, or why there is none, as the end of a sentence. */
export type LoadedAddon = { readonly addon: NativeAddon } | { readonly addon: undefined; readonly reason: string }

/** Where `npm run build:native` leaves it. */
function builtAddon(): string {
  // The package's own name leads to its folder from the sources and from the build.
  return join(dirname(createRequire(import.meta.url).resolve('@trinity/gateway/package.json')), 'native/build/udp_batch.node')
}

/** Loads the native addon, once per thread; never throws. */
export function loadNativeAddon(file = builtAddon()): LoadedAddon {
  if (process.platform !== 'linux') return { addon: undefined, reason: `it is for Linux, this is ${process.platform}` }
  if (!existsSync(file)) return { addon: undefined, reason: 'it is not built (npm run build:native)' }
  try {
    const addon = createRequire(import.meta.url)(file) as NativeAddon
    if (addon.batchSlots !== batchSlots || addon.slotBytes !== slotBytes)
      return { addon: undefined, reason: 'it was built from other sources (npm run build:native)' }
    return { addon }
  } catch (error) {
    return { addon: undefined, reason: `it can't be loaded: ${errorText(error)}` }
  }
}

/**
 * A transport on the native addon: up to {@link batchSlots} datagrams per wake-up. `host` is an address in digits.
 *
 * @throws The system's error, with its `code`, when the port can't be opened.
 */
export function openNativeTransport(addon: NativeAddon, binding: UdpBinding): UdpTransport {
  const { batch, bytes, failures } = createSharedBatch(binding)
  const closed = Promise.withResolvers<void>()
  const onBatch = (first: number, end: number): void => {
    batch.first = first
    batch.end = end
    if (end === 0) closed.resolve()
    else binding.handle(batch)
  }
  const { memory, memoryStart, host, reusePort } = binding
  const socket = addon.open(memory, memoryStart, bytes, host, binding.port, reusePort, onBatch)
  return {
    kind: 'native',
    port: socket.port,
    receiveBufferBytes: socket.receiveBufferBytes,
    failures,
    close() {
      socket.close()
      return closed.promise
    },
  }
}
