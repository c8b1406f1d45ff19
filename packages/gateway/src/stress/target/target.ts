import type { LookupAddress } from 'node:dns'
import { TrinityError, errorText } from '@trinity/core'
import { isOwnNetwork } from './own-network.ts'

/** How a target is asked. */
export type Protocol = 'http' | 'udp'

/** A target as it was named. */
export interface NamedTarget {
  readonly protocol: Protocol
  /** As reports show it; no two targets of a run have the same. */
  readonly label: string
  /** Name or address in digits, an IPv6 address without brackets. */
  readonly host: string
  readonly port: number
  /** Address of the prices; undefined for UDP. */
  readonly priceUrl: URL | undefined
}

/** A target whose addresses are known; nothing is ever sent to another one. */
export interface Target extends NamedTarget {
  /** At least one, IPv4 first. */
  readonly addresses: readonly LookupAddress[]
}

/** All addresses of a name; an address in digits is its own. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>

/** @throws TrinityError `TRN_SETTING_INVALID` where an entry is no http or https URL of a server. */
export function readHttpTargets(list: string): readonly NamedTarget[] {
  return distinct('--http', entriesOf('--http', list).map(readHttpTarget))
}

/** @throws TrinityError `TRN_SETTING_INVALID` where an entry is not HOST:PORT. */
export function readUdpTargets(list: string): readonly NamedTarget[] {
  return distinct('--udp', entriesOf('--udp', list).map(readUdpTarget))
}

function readHttpTarget(entry: string): NamedTarget {
  const url = parseUrl(entry)
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw wrong(`--http ${entry} is not a URL such as http://127.0.0.1:8080.`)
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw wrong(`--http ${url.origin}${url.pathname} has a user, a query or a fragment; give the address of the server alone.`)
  const path = url.pathname.replace(/(?:\/price)?\/*$/, '')
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  return { protocol: 'http', label: `${url.origin}${path}`, host: bareHost(url), port, priceUrl: new URL(`${path}/price`, url.origin) }
}

function readUdpTarget(entry: string): NamedTarget {
  const [, hostPart = '', portPart = ''] = /^([^/?#@\\\s]+):(\d{1,5})$/.exec(entry) ?? []
  // The same reader for both, so that no way of writing an address means one thing here and another there.
  const url = parseUrl(`http://${hostPart}`)
  const port = Number(portPart)
  if (hostPart === '' || url === undefined || url.port !== '' || port < 1 || port > 65_535)
    throw wrong(`--udp ${entry} is not HOST:PORT such as 127.0.0.1:2679.`)
  return { protocol: 'udp', label: `${url.hostname}:${port}`, host: bareHost(url), port, priceUrl: undefined }
}

/**
 * Finds the addresses of a target.
 * @throws TrinityError `TRN_SETTING_INVALID` when there is none, or when one of them is neither loopback nor private and
 * `anyAddress` is false.
 */
export async function resolveTarget(target: NamedTarget, resolve: Resolve, anyAddress: boolean): Promise<Target> {
  const option = `--${target.protocol} ${target.label}`
  let found: readonly LookupAddress[]
  try {
    found = await resolve(target.host)
  } catch (error) {
    throw wrong(`${option}: the name ${target.host} can't be resolved (${errorText(error)}).`, error)
  }
  if (found.length === 0) throw wrong(`${option}: the name ${target.host} has no address.`)
  const foreign = anyAddress ? undefined : found.find(({ address }) => !isOwnNetwork(address))
  if (foreign !== undefined) {
    const name = foreign.address === target.host ? '' : `${target.host} has the address `
    throw wrong(
      `${option}: ${name}${foreign.address}, which is neither loopback nor private. Load on servers of others is an attack; where it is yours, add --i-own-this-target.`,
    )
  }
  return { ...target, addresses: found.toSorted((a, b) => a.family - b.family) }
}

function entriesOf(option: string, list: string): string[] {
  const entries = list.split(',').map((entry) => entry.trim())
  if (entries.includes('')) throw wrong(`${option} has an empty entry; separate targets by one comma.`)
  return entries
}

function distinct(option: string, targets: readonly NamedTarget[]): readonly NamedTarget[] {
  const twice = targets.find(({ label }, index) => targets.findIndex((other) => other.label === label) < index)
  if (twice !== undefined) throw wrong(`${option} names ${twice.label} twice.`)
  return targets
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1')
}

function wrong(message: string, cause?: unknown): TrinityError {
  return new TrinityError('TRN_SETTING_INVALID', message, cause === undefined ? {} : { cause })
}
