/** More different good keys within a minute from one address come through a proxy. */
export const maxKeysOfClient = 20
const windowMs = 60_000

/** Addresses that are remembered; with one more all are forgotten. */
export const maxAddresses = 4096

interface SeenKeys {
  readonly since: number
  readonly rows: Set<number>
}

/** Finds the addresses that many clients share: nobody who stands behind one is to pay for what another does. */
export class SharedAddresses {
  readonly #onShared: (address: string, sign: string) => void
  readonly #shared = new Set<string>()
  readonly #seen = new Map<string, SeenKeys>()

  /** @param onShared hears once of each address, and what gave it away */
  constructor(onShared: (address: string, sign: string) => void) {
    this.#onShared = onShared
  }

  has(address: string): boolean {
    return this.#shared.has(address)
  }

  /** Notes an X-Forwarded-For of an address that is no trusted proxy. */
  noteForwarded(address: string): void {
    this.#share(address, 'sends X-Forwarded-For')
  }

  /** Notes a good key; its row stands for it. */
  noteKey(address: string, row: number, nowMs: number): void {
    if (this.#shared.has(address)) return
    let seen = this.#seen.get(address)
    if (seen === undefined || nowMs - seen.since > windowMs) {
      if (this.#seen.size >= maxAddresses) this.#seen.clear()
      seen = { since: nowMs, rows: new Set() }
      this.#seen.set(address, seen)
    }
    seen.rows.add(row)
    if (seen.rows.size > maxKeysOfClient) this.#share(address, `brought more than ${maxKeysOfClient} keys in a minute`)
  }

  #share(address: string, sign: string): void {
    if (this.#shared.has(address)) return
    if (this.#shared.size >= maxAddresses) this.#shared.clear()
    this.#shared.add(address)
    this.#seen.delete(address)
    this.#onShared(address, sign)
  }
}
