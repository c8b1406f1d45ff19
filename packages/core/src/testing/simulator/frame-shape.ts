/** An object of a frame, wherever it stands: its keys, the form of each value, and the texts that stand there. */
export interface Place {
  /** `data[].fills` is in the objects of the list `data`. */
  readonly path: string
  readonly forms: ReadonlyMap<string, string>
  readonly texts: ReadonlyMap<string, string>
}

/** A JSON number as it was written. */
class NumberLeaf {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown

/** The objects of a frame; text that is no JSON is one word. */
export function framePlaces(text: string): readonly Place[] {
  const places: Place[] = []
  const keepNumber: Reviver = (_key, value, { source }) => (typeof value === 'number' ? new NumberLeaf(source ?? String(value)) : value)
  let parsed: unknown
  try {
    parsed = JSON.parse(text, keepNumber as (key: string, value: unknown) => unknown)
  } catch {
    parsed = { 'plain text': text }
  }
  visit(parsed, '', places)
  return places
}

function visit(value: unknown, path: string, places: Place[]): void {
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) visit(isContainer(item) ? item : { '': item }, `${path}[]`, places)
  } else if (isContainer(value)) {
    const fields = Object.entries(value).map(([key, field]) => [fieldName(key), field] as const)
    const texts = fields.filter((field): field is [string, string] => typeof field[1] === 'string')
    places.push({ path, forms: new Map(fields.map(([key, field]) => [key, formOf(field)])), texts: new Map(texts) })
    for (const [key, field] of fields) if (isContainer(field)) visit(field, path === '' ? key : `${path}.${key}`, places)
  }
}

/** Keys in capitals are symbols and not names of fields. */
function fieldName(key: string): string {
  return /^[A-Z0-9/]{4,}$/.test(key) ? '*' : key
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof NumberLeaf)
}

const wholeNumber = 'a whole number'
const fraction = 'a number with a fraction'

function formOf(value: unknown): string {
  if (value === null) return 'null'
  if (value instanceof NumberLeaf) return numberForm(value.text)
  if (typeof value !== 'string') return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
  if (value === '') return 'empty text'
  if (/^-?(0|[1-9]\d*)(\.\d+)?$/.test(value)) return 'text of a number'
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value) ? 'text of a time' : 'text'
}

function numberForm(text: string): string {
  if (/e/i.test(text)) return 'a number with an exponent'
  return text.includes('.') ? fraction : wholeNumber
}

/** Whether a form is among those seen: what may have a fraction may also be whole. */
export function isKnownForm(form: string, known: ReadonlySet<string>): boolean {
  return known.has(form) || (form === wholeNumber && known.has(fraction))
}

/** A text and where it stands in a frame. */
export interface PlacedText {
  readonly path: string
  readonly key: string
  readonly text: string
}

/** Every text of frames. */
export function placedTexts(frames: readonly string[]): readonly PlacedText[] {
  return frames.flatMap(framePlaces).flatMap(({ path, texts }) => [...texts].map(([key, text]) => ({ path, key, text })))
}

/** Every text without digits. */
export function placedWords(frames: readonly string[]): readonly PlacedText[] {
  return placedTexts(frames).filter(({ text }) => text !== '' && !/\d/.test(text))
}

/** The different texts of each place. */
export function byPlace(texts: readonly PlacedText[]): ReadonlyMap<string, ReadonlySet<string>> {
  const grouped = Map.groupBy(texts, ({ path, key }) => `${path} ${key}`)
  return new Map([...grouped].map(([where, own]) => [where, new Set(own.map(({ text }) => text))]))
}
