import { TrinityError } from '../errors.ts'

/** What is known of one asset's names; all of them are upper-case tickers. */
export interface AssetRow {
  /** The one name that listings go by. */
  readonly asset: string
  /** Other names of the same token, from before or after a rename. */
  readonly aliases?: readonly string[]
  /** The asset that holders were given in its place. It is another token: its price is never this one's. */
  readonly successor?: string
  /** By venue: all that the venue may call the asset, best first, where that is not simply its name and aliases. */
  readonly names?: Readonly<Record<string, readonly string[]>>
}

interface VenueNames {
  /** Asset by name, for the names that rows give at this venue. */
  readonly owners: ReadonlyMap<string, string>
  /** Names by asset, for the assets of the table. */
  readonly names: ReadonlyMap<string, readonly string[]>
}

const noNames: readonly string[] = []
const noVenue: VenueNames = { owners: new Map(), names: new Map() }

/**
 * Which names mean the same asset, everywhere and at each venue. An asset that the table doesn't know goes by its own name, except where a
 * venue gives that name to another asset.
 */
export class AssetNames {
  readonly #canonical = new Map<string, string>()
  readonly #aliases = new Map<string, readonly string[]>()
  readonly #successors = new Map<string, string>()
  readonly #venues = new Map<string, VenueNames>()
  /** Names by asset at a venue that no row says anything about. */
  readonly #everywhere = new Map<string, readonly string[]>()

  /**
   * @param where how messages call the row of an index, such as the line of the file that it comes from
   * @throws TrinityError `TRN_SETTING_INVALID` that names the row: for a name of two assets, at all or at one venue, for one that is given twice,
   *   and for successors that lead back to their asset
   */
  constructor(rows: readonly AssetRow[], where: (index: number) => string = (index) => `row ${index + 1}`) {
    const table = new TableCheck(rows, where)
    for (const [index, { asset, aliases = noNames }] of rows.entries()) {
      for (const name of [asset, ...aliases]) {
        table.claim(name, index)
        this.#canonical.set(name, asset)
      }
      this.#aliases.set(asset, aliases)
      this.#everywhere.set(asset, [asset, ...aliases])
    }
    for (const { asset, successor } of rows) if (successor !== undefined) this.#successors.set(asset, successor)
    table.refuseCycles((name) => this.successor(name))
    for (const venue of new Set(rows.flatMap(({ names = {} }) => Object.keys(names)))) this.#venues.set(venue, this.#namesOf(venue, rows, table))
  }

  /** The one name that an asset goes by; a name that nobody knows is its own. */
  canonical(name: string): string {
    return this.#canonical.get(name) ?? name
  }

  /** The other names that mean the asset at every venue. */
  aliases(asset: string): readonly string[] {
    return this.#aliases.get(this.canonical(asset)) ?? noNames
  }

  /** What the venue may call the asset, best first; empty where all its names mean other assets there. */
  namesAt(venue: string, asset: string): readonly string[] {
    const canonical = this.canonical(asset)
    const { owners, names } = this.#venues.get(venue) ?? noVenue
    return names.get(canonical) ?? this.#everywhere.get(canonical) ?? (owners.has(canonical) ? noNames : [canonical])
  }

  /** The asset that a venue means by a name. */
  assetAt(venue: string, name: string): string {
    return this.#venues.get(venue)?.owners.get(name) ?? this.canonical(name)
  }

  /** The asset that holders of this one were given in its place. */
  successor(asset: string): string | undefined {
    return this.#successors.get(this.canonical(asset))
  }

  /** The successor of each asset that has one, by all names of the asset. */
  successors(): ReadonlyMap<string, string> {
    const successors = new Map<string, string>()
    for (const [asset, successor] of this.#successors) for (const name of [asset, ...this.aliases(asset)]) successors.set(name, successor)
    return successors
  }

  #namesOf(venue: string, rows: readonly AssetRow[], table: TableCheck): VenueNames {
    const owners = new Map<string, string>()
    for (const [index, { asset, names = {} }] of rows.entries()) {
      for (const name of names[venue] ?? noNames) {
        table.claim(name, index, venue)
        owners.set(name, asset)
      }
    }
    const isFree = (name: string, asset: string): boolean => (owners.get(name) ?? asset) === asset
    const namesHere = ({ asset, names }: AssetRow): readonly string[] =>
      names?.[venue] ?? (this.#everywhere.get(asset) ?? noNames).filter((name) => isFree(name, asset))
    return { owners, names: new Map(rows.map((row) => [row.asset, namesHere(row)])) }
  }
}

/** Refuses a table whose rows contradict each other. */
class TableCheck {
  readonly #rows: readonly AssetRow[]
  readonly #where: (index: number) => string
  readonly #claims = new Map<string, number>()

  constructor(rows: readonly AssetRow[], where: (index: number) => string) {
    this.#rows = rows
    this.#where = where
  }

  /** Notes that a row has the name, everywhere or at one venue; nobody else may have it there. */
  claim(name: string, index: number, venue?: string): void {
    const key = venue === undefined ? name : `${venue} ${name}`
    const place = venue === undefined ? '' : ` at ${venue}`
    const owner = this.#claims.get(key)
    if (owner === index) this.#refuse(index, `the name ${name}${place} stands twice`)
    if (owner !== undefined) this.#refuse(index, `the name ${name}${place} belongs to ${this.#label(owner)}`)
    this.#claims.set(key, index)
  }

  refuseCycles(successor: (name: string) => string | undefined): void {
    for (const [index, { asset, successor: first }] of this.#rows.entries()) {
      const path = [asset]
      for (let next = first; next !== undefined; next = successor(next)) {
        path.push(next)
        // A cycle that the row only leads to is refused at one of its own rows.
        if (path.length > this.#rows.length + 1) break
        if (this.#claims.get(next) === index) this.#refuse(index, `it is its own successor: ${path.join(' → ')}`)
      }
    }
  }

  #label(index: number): string {
    return `${this.#where(index)} (${this.#rows[index]?.asset})`
  }

  #refuse(index: number, words: string): never {
    throw new TrinityError('TRN_SETTING_INVALID', `Asset table, ${this.#label(index)}: ${words}.`)
  }
}

/** A table that knows nothing: every name is its own. */
export const plainNames: AssetNames = new AssetNames([])
