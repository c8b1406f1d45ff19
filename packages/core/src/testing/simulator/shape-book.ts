import { type Place, framePlaces, isKnownForm } from './frame-shape.ts'

/** One set of keys that the objects of a path have, and the forms seen under each. */
type Entry = ReadonlyMap<string, Set<string>>

const emptyForms: readonly string[] = ['null', 'empty text']

/** What frames of a venue look like. */
export class ShapeBook {
  readonly #paths = new Map<string, Map<string, Entry>>()

  constructor(frames: Iterable<string>) {
    for (const frame of frames) for (const place of framePlaces(frame)) this.#learn(place)
  }

  #learn({ path, forms }: Place): void {
    const entries = this.#paths.get(path) ?? new Map<string, Entry>()
    this.#paths.set(path, entries)
    const keys = keysOf(forms)
    const entry = entries.get(keys) ?? new Map([...forms.keys()].map((key) => [key, new Set<string>()]))
    entries.set(keys, entry)
    for (const [key, form] of forms) entry.get(key)?.add(form)
  }

  /** How a place differs from every object seen there, in words; undefined when it does not. */
  difference({ path, forms }: Place): string | undefined {
    const entries = this.#paths.get(path)
    if (entries === undefined) return `nothing stands at ${showPath(path)}`
    const entry = entries.get(keysOf(forms))
    return entry === undefined
      ? `${showPath(path)} ${keyDifference(forms, [...entries.values()])}`
      : formDifference(path, forms, (key) => entry.get(key))
  }

  /**
   * The same for frames of other years, which may lack newer keys or have more: only what such objects have in common counts, and that something
   * is null or empty says nothing. `incomparable` when there is no such object.
   */
  looseDifference({ path, forms }: Place): string | undefined {
    const comparable = [...(this.#paths.get(path)?.values() ?? [])].filter((entry) => isPart(entry, forms) || isPart(forms, entry))
    if (comparable.length === 0) return 'incomparable'
    const filled = new Map([...forms].filter(([, form]) => !emptyForms.includes(form)))
    return formDifference(path, filled, (key) => {
      const known = comparable.flatMap((entry) => [...(entry.get(key) ?? [])]).filter((form) => !emptyForms.includes(form))
      return known.length === 0 ? undefined : new Set(known)
    })
  }
}

function formDifference(path: string, forms: Place['forms'], knownOf: (key: string) => ReadonlySet<string> | undefined): string | undefined {
  for (const [key, form] of forms) {
    const known = knownOf(key)
    if (known !== undefined && !isKnownForm(form, known)) return `${showPath(path, key)} is ${form} and not ${[...known].join(' or ')}`
  }
  return undefined
}

type Keyed = ReadonlyMap<string, unknown>

function keysOf(forms: Keyed): string {
  return [...forms.keys()].sort().join(' ')
}

function isPart(some: Keyed, all: Keyed): boolean {
  return [...some.keys()].every((key) => all.has(key))
}

/** What is missing and what is too much, measured by the likest object. */
function keyDifference(forms: Keyed, entries: readonly Entry[]): string {
  const differences = entries.map((entry) => ({
    missing: [...entry.keys()].filter((key) => !forms.has(key)),
    added: [...forms.keys()].filter((key) => !entry.has(key)),
  }))
  const [nearest] = differences.sort((a, b) => a.missing.length + a.added.length - b.missing.length - b.added.length)
  const { missing = [], added = [] } = nearest ?? {}
  return [...(missing.length > 0 ? [`lacks ${missing.join(', ')}`] : []), ...(added.length > 0 ? [`has ${added.join(', ')} too`] : [])].join(' and ')
}

function showPath(path: string, key = ''): string {
  return [path, key].filter((part) => part !== '').join('.') || 'the frame'
}
