import { frameText } from '../../frame/read-object.ts'
import type { SimulatorDialect } from '../../simulation/dialect.ts'
import { type Check, demand } from '../check.ts'
import { incomingFrames, showFrame } from '../fixtures.ts'
import type { RecordedFrame } from '../recordings.ts'
import type { SimulatorEvidence } from './evidence.ts'
import { byPlace, framePlaces, placedTexts, placedWords } from './frame-shape.ts'
import { sampleFrames, sampleSymbols } from './sample.ts'
import { ShapeBook } from './shape-book.ts'

/** Whether frames look as those of the venue do. */
export function shapeChecks(dialect: SimulatorDialect, evidence: SimulatorEvidence): readonly Check[] {
  const { recordings } = evidence
  return [
    ...kindsOf(dialect).map((kind) => ({
      name: `shape: the keys, types and words of ${kind} are those of the fixtures`,
      run: () => checkShape(dialect, evidence, kind),
    })),
    { name: 'names: a symbol stands where the venue puts it, and as it does', run: () => checkNames(dialect, evidence) },
    ...(recordings === undefined
      ? []
      : [{ name: 'recordings: types and forms are those of real frames', run: () => checkRecordings(dialect, recordings) }]),
  ]
}

function kindsOf(dialect: SimulatorDialect): readonly string[] {
  return sampleFrames(dialect, sampleSymbols(dialect)[0]).map(({ kind }) => kind)
}

function checkShape(dialect: SimulatorDialect, evidence: SimulatorEvidence, kind: string): void {
  checkWords(dialect, evidence, kind)
  const isBody = kind.startsWith('REST')
  const frames = sampleSymbols(dialect).flatMap((symbols) => framesOf(dialect, kind, symbols))
  const marks = marksOf(frames)
  const meaningOf = (frame: string): string =>
    isBody ? 'a body' : [...new Set(dialect.connector.decode(frame).map((event) => event.kind))].join(' ')
  const references = referenceFrames(evidence, kind).filter((frame) => isBody || bears(frame, marks))
  const byMeaning = Map.groupBy(references, meaningOf)
  const books = new Map([...byMeaning].map(([meaning, own]) => [meaning, new ShapeBook(own)]))
  for (const frame of frames) {
    const book = books.get(meaningOf(frame))
    demand(book !== undefined, () => `No real frame of ${kind} means ${meaningOf(frame) || 'nothing'}: ${showFrame(frame)}`)
    for (const place of framePlaces(frame)) {
      const difference = book.difference(place)
      demand(difference === undefined, () => `Of real ${kind}, ${difference}: ${showFrame(frame)}`)
    }
  }
}

/** Words that never change: they mark the kind. */
function marksOf(frames: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map([...byPlace(placedWords(frames))].filter(([, words]) => words.size === 1))
}

/** Whether a frame has no other word in the place of a mark. */
function bears(frame: string, marks: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const words = byPlace(placedWords([frame]))
  return [...marks].every(([where, own]) => !words.has(where) || [...own].some((word) => words.get(where)?.has(word) === true))
}

/** Words that do not change with the symbols are the venue's own, and it is known to use them under their keys. */
function checkWords(dialect: SimulatorDialect, evidence: SimulatorEvidence, kind: string): void {
  const { rest } = evidence.fixtures
  const bodies = [rest?.ticker ?? '', rest?.list ?? '', ...(rest?.rejections ?? []).map(({ body }) => body)]
  const known = wordsOf([...referenceFrames(evidence, 'frames'), ...bodies])
  const [words, others] = sampleSymbols(dialect).map((symbols) => wordsOf(framesOf(dialect, kind, symbols)))
  for (const word of words ?? []) demand(others?.has(word) !== true || known.has(word), `Of real ${kind}, none has the word ${word}.`)
}

function framesOf(dialect: SimulatorDialect, kind: string, symbols: readonly string[]): readonly string[] {
  const sample = sampleFrames(dialect, symbols).find((other) => other.kind === kind)
  return sample?.frames.map(frameText) ?? []
}

function referenceFrames({ fixtures, documented = [] }: SimulatorEvidence, kind: string): readonly string[] {
  const { ticker, list, rejections = [] } = fixtures.rest ?? {}
  if (kind === 'REST refusal') return rejections.map(({ body }) => body)
  const body = kind === 'REST prices' ? ticker : list
  if (kind.startsWith('REST')) return body === undefined ? [] : [body]
  return [...incomingFrames(fixtures).map(({ frame }) => frame), ...documented]
}

function wordsOf(frames: readonly string[]): ReadonlySet<string> {
  return new Set(placedWords(frames).map(({ key, text }) => `${key} '${text}'`))
}

const mark = '(symbol)'

/** The texts of frames about one symbol, by where they stand, with a mark for the symbol. */
function symbolTexts({ connector }: SimulatorDialect, frames: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const marked = frames.flatMap((frame) => {
    const [symbol, ...others] = new Set(connector.decode(frame).flatMap((event) => ('symbol' in event ? (event.symbol ?? []) : [])))
    if (symbol === undefined || others.length > 0) return []
    return placedTexts([frame]).map((placed) => ({ ...placed, text: placed.text.replaceAll(symbol, mark) }))
  })
  return byPlace(marked)
}

/** Places where every real frame names its symbol. */
function checkNames(dialect: SimulatorDialect, evidence: SimulatorEvidence): void {
  const naming = [...symbolTexts(dialect, referenceFrames(evidence, 'frames'))].filter(([, texts]) => [...texts].every((text) => text.includes(mark)))
  const frames = sampleFrames(dialect, sampleSymbols(dialect)[0]).flatMap((sample) => (sample.kind.startsWith('REST') ? [] : sample.frames))
  const own = symbolTexts(dialect, frames.map(frameText))
  for (const [where, real] of naming) {
    for (const text of own.get(where) ?? [])
      demand(real.has(text), () => `At ${where} stands '${text}', where the venue puts '${[...real].join("' or '")}'.`)
  }
}

function checkRecordings(dialect: SimulatorDialect, recordings: readonly RecordedFrame[]): void {
  const book = new ShapeBook(recordings.filter(({ dir }) => dir === 'in').map(({ frame }) => frame))
  for (const { kind, frames } of sampleFrames(dialect, sampleSymbols(dialect)[0])) {
    if (kind.startsWith('REST')) continue
    for (const frame of frames.map(frameText)) {
      for (const place of framePlaces(frame)) {
        const difference = book.looseDifference(place)
        // A recording need not hold every kind of frame, but without trades it proves nothing.
        if (difference === 'incomparable' && kind !== 'trades') continue
        demand(difference === undefined, () => `Of recorded frames, ${difference}, for ${kind}: ${showFrame(frame)}`)
      }
    }
  }
}
