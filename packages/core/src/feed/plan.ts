import type { ConnectorLimits } from '../connector.ts'

/** Splits symbols into parts of at most `size`, in order. */
export function chunk<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = []
  for (let i = 0; i < items.length; i += size) parts.push(items.slice(i, i + size))
  return parts
}

/** What has to change on connections that hold `held` so that together they hold exactly `wanted`. */
export interface ShardPlan {
  /** For each connection, in the order given, what it loses and what it gains. */
  readonly changes: readonly { readonly remove: readonly string[]; readonly add: readonly string[] }[]
  /** Symbols of connections yet to be opened. */
  readonly open: readonly (readonly string[])[]
}

/**
 * Spreads wanted symbols over connections with the fewest frames: a symbol stays where it is, a new one fills the first
 * connection with room, and only the rest opens new ones.
 */
export function planShards(
  wanted: readonly string[],
  held: readonly ReadonlySet<string>[],
  limits: Pick<ConnectorLimits, 'symbolsPerConnection'>,
): ShardPlan {
  const wantedSet = new Set(wanted)
  const placed = new Set(held.flatMap((symbols) => [...symbols]))
  const fresh = [...wantedSet].filter((symbol) => !placed.has(symbol))
  const changes = held.map((symbols) => {
    const remove = [...symbols].filter((symbol) => !wantedSet.has(symbol))
    const room = Math.max(0, limits.symbolsPerConnection - (symbols.size - remove.length))
    return { remove, add: fresh.splice(0, room) }
  })
  return { changes, open: chunk(fresh, limits.symbolsPerConnection) }
}
