import type { Frame } from '../connector.ts'

/** A parsed JSON object whose fields have yet to be looked at. */
export type JsonObject = Readonly<Record<string, unknown>>

const decoder = new TextDecoder()

/** The text of a frame; bytes are read as UTF-8. */
export function frameText(frame: Frame): string {
  return typeof frame === 'string' ? frame : decoder.decode(frame)
}

/** Parses a frame that should be a JSON object; anything else, however broken, is undefined. */
export function readObject(frame: Frame): JsonObject | undefined {
  return asObject(readJson(frameText(frame)))
}

/** Parses a text that should be JSON; a broken one is undefined. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The value itself when it is an object that is no array. */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
}

/** The objects of an array; everything else in it, or no array at all, is left out. */
export function asObjects(value: unknown): readonly JsonObject[] {
  if (!Array.isArray(value)) return []
  const items: readonly unknown[] = value
  for (const item of items) if (asObject(item) === undefined) return items.map(asObject).filter((other) => other !== undefined)
  return items as readonly JsonObject[]
}

/** Parses a text that should be a JSON array of objects; anything else, however broken, is empty. */
export function readObjects(text: string): readonly JsonObject[] {
  return asObjects(readArray(text))
}

/** Parses a text that should be a JSON array; anything else, however broken, is empty. */
export function readArray(text: string): readonly unknown[] {
  const value = readJson(text)
  return Array.isArray(value) ? value : []
}
