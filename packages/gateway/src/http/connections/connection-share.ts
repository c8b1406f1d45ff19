/** So long after it showed a good key a connection is that of a customer. */
export const keyedMs = 60_000

/** Part of all connections that those without a good key may have together. */
export const keylessShare = 3 / 4

/** Part of what is free of those that one client may have. */
export const clientShare = 1 / 2

/** Part of all connections that one key may have beside those: else one customer could keep all others out. */
export const keyShare = 1 / 8

/** What a connection is counted as. */
export type ConnectionKind = 'keyed' | 'keyless' | 'probation' | 'ended'

/** A connection as it is counted. */
export interface CountedConnection {
  /** Whom it is counted for; undefined where many share the address. */
  readonly client: string | undefined
  kind: ConnectionKind
  /** Row of the key that it showed last. */
  keyRow: number
  /** When it last showed a good key, on a clock that never steps. */
  keyedAt: number
  /** Whether a response is due or under way. */
  isBusy(): boolean
  /** Ends it to make room. */
  evict(): void
}

/**
 * Shares out the connections of a thread. Three quarters are for whoever comes, and of what is free of them one client has no more than
 * half; who comes beyond that is on probation: its first request shows a good key, or it is refused. The last quarter is for those who
 * do, and where all are taken the oldest on probation that asks nothing has to go. So customers get in however many strangers wait.
 */
export class ConnectionShare {
  readonly #max: number
  readonly #maxKeyless: number
  readonly #probation = new Set<CountedConnection>()
  readonly #keyed = new Set<CountedConnection>()
  readonly #byClient = new Map<string, number>()
  readonly #byKey = new Map<number, number>()
  #keyless = 0

  constructor(max: number) {
    this.#max = max
    this.#maxKeyless = Math.ceil(max * keylessShare)
  }

  get count(): number {
    return this.#keyless + this.#probation.size + this.#keyed.size
  }

  /** Counts a new connection; false where there is no room even for probation. */
  add(connection: CountedConnection): boolean {
    if (this.count >= this.#max && !this.#evictOldest()) return false
    connection.kind = this.#hasRoom(connection) ? 'keyless' : 'probation'
    this.#enter(connection)
    return true
  }

  /** Whether a connection on probation may stay without a key, since there is room again. */
  readmit(connection: CountedConnection): boolean {
    if (connection.kind !== 'probation') return true
    if (!this.#hasRoom(connection)) return false
    this.#move(connection, 'keyless')
    return true
  }

  /** Notes that a connection has shown a good key. Beyond the share of its key it counts as before. */
  noteKey(connection: CountedConnection, keyRow: number, nowMs: number): void {
    connection.keyedAt = nowMs
    if (connection.kind === 'ended' || (connection.kind === 'keyed' && connection.keyRow === keyRow)) return
    if (connection.kind === 'keyed') this.#demote(connection)
    connection.keyRow = keyRow
    if ((this.#byKey.get(keyRow) ?? 0) < this.#max * keyShare) this.#move(connection, 'keyed')
  }

  /** Connections whose last good key is older than {@link keyedMs} count as others again. */
  forgetOldKeys(nowMs: number): void {
    for (const connection of this.#keyed) {
      if (nowMs - connection.keyedAt <= keyedMs || connection.isBusy()) continue
      this.#demote(connection)
    }
  }

  remove(connection: CountedConnection): void {
    this.#leave(connection)
    connection.kind = 'ended'
  }

  #hasRoom({ client }: CountedConnection): boolean {
    const free = this.#maxKeyless - this.#keyless
    if (free <= 0) return false
    const own = client === undefined ? 0 : (this.#byClient.get(client) ?? 0)
    return client === undefined || own < (free + own) * clientShare
  }

  #demote(connection: CountedConnection): void {
    this.#move(connection, this.#hasRoom(connection) ? 'keyless' : 'probation')
  }

  #evictOldest(): boolean {
    for (const connection of this.#probation) {
      if (connection.isBusy()) continue
      this.remove(connection)
      connection.evict()
      return true
    }
    return false
  }

  #move(connection: CountedConnection, kind: ConnectionKind): void {
    this.#leave(connection)
    connection.kind = kind
    this.#enter(connection)
  }

  #enter(connection: CountedConnection): void {
    if (connection.kind === 'probation') this.#probation.add(connection)
    else if (connection.kind === 'keyed') this.#keyed.add(connection)
    this.#count(connection, 1)
  }

  #leave(connection: CountedConnection): void {
    this.#probation.delete(connection)
    this.#keyed.delete(connection)
    this.#count(connection, -1)
  }

  #count({ kind, client, keyRow }: CountedConnection, change: number): void {
    if (kind === 'keyed') addTo(this.#byKey, keyRow, change)
    if (kind !== 'keyless') return
    this.#keyless += change
    if (client !== undefined) addTo(this.#byClient, client, change)
  }
}

function addTo<Key>(counts: Map<Key, number>, key: Key, change: number): void {
  const count = (counts.get(key) ?? 0) + change
  if (count === 0) counts.delete(key)
  else counts.set(key, count)
}
