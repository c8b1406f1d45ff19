/** So long after it showed a good key a connection is that of a customer. */
export const keyedMs = 60_000

/** Part of all connections that those without a good key may have together. */
export const keylessShare = 3 / 4

/** Part of what is free of those that one client may have. */
export const clientShare = 1 / 2

/** What a connection is counted as. */
export type ConnectionKind = 'keyed' | 'keyless' | 'probation' | 'ended'

/** A connection as it is counted. */
export interface CountedConnection {
  /** Whom it is counted for; undefined where many share the address. */
  readonly client: string | undefined
  kind: ConnectionKind
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

  /** Notes that a connection has shown a good key. */
  noteKey(connection: CountedConnection, nowMs: number): void {
    connection.keyedAt = nowMs
    if (connection.kind === 'keyless' || connection.kind === 'probation') this.#move(connection, 'keyed')
  }

  /** Connections whose last good key is older than {@link keyedMs} count as others again. */
  forgetOldKeys(nowMs: number): void {
    for (const connection of this.#keyed) {
      if (nowMs - connection.keyedAt <= keyedMs || connection.isBusy()) continue
      this.#move(connection, this.#hasRoom(connection) ? 'keyless' : 'probation')
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
    const { kind, client } = connection
    if (kind === 'keyed') this.#keyed.add(connection)
    else if (kind === 'probation') this.#probation.add(connection)
    else {
      this.#keyless++
      if (client !== undefined) this.#byClient.set(client, (this.#byClient.get(client) ?? 0) + 1)
    }
  }

  #leave(connection: CountedConnection): void {
    const { kind, client } = connection
    if (kind === 'keyed') this.#keyed.delete(connection)
    else if (kind === 'probation') this.#probation.delete(connection)
    else if (kind === 'keyless') {
      this.#keyless--
      if (client === undefined) return
      const left = (this.#byClient.get(client) ?? 1) - 1
      if (left === 0) this.#byClient.delete(client)
      else this.#byClient.set(client, left)
    }
  }
}
