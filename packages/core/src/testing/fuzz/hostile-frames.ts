import type { Frame } from '../../connector.ts'
import { asObject } from '../../frame/read-object.ts'

const encoder = new TextEncoder()

const nested = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth)

/** JSON texts that no field of a frame should hold; each may stand where a value stands. */
export const hostileValues: readonly string[] = [
  'null',
  'true',
  '0',
  '-0',
  '-1',
  '0.0',
  '1e308',
  '1e309',
  '1e-400',
  '123456789012345678901234567890',
  '1e21',
  '""',
  '" "',
  '"0"',
  '"-1"',
  '"+1"',
  '"1."',
  '".1"',
  '"01"',
  '"1,5"',
  '"1e-400"',
  '"1e400"',
  '"NaN"',
  '"Infinity"',
  '"0x10"',
  '"1 "',
  '"\\u0000"',
  '"__proto__"',
  '"constructor"',
  '"2026-13-45T99:99:99Z"',
  '"9999999999999999999999"',
  '"\\ud800"',
  '[]',
  '{}',
  '[[]]',
  '[null]',
  '{"toString":1,"valueOf":1}',
  '{"__proto__":{"price":"1"}}',
  '{"length":-1}',
  nested('[', ']', 20_000),
  nested('{"a":', '}', 3000).replace('}', '1}'),
]

/** Frames that have nothing to do with any venue: no JSON, JSON of other shapes, depth, size, bytes. */
export const hostileFrames: readonly Frame[] = [
  '',
  ' ',
  '\n',
  '\u0000',
  '\ufeff{}',
  '{',
  '}',
  '[',
  '"',
  'null',
  'true',
  'false',
  '0',
  '-1',
  '1e309',
  '""',
  '[]',
  '[[]]',
  '{}',
  '[null]',
  '[1,2,3]',
  '{}{}',
  'ping',
  'pong',
  'undefined',
  'NaN',
  'Infinity',
  '<html><body>502 Bad Gateway</body></html>',
  "{'single':'quotes'}",
  '{"a":1,}',
  '{"a":NaN}',
  '{"__proto__":{"channel":"trade"}}',
  '{"constructor":{"prototype":{"price":"1"}}}',
  '{"toString":null,"valueOf":null}',
  '{"hasOwnProperty":1}',
  '{"length":1e9}',
  nested('[', ']', 100_000),
  nested('{"a":', '}', 100_000),
  '['.repeat(100_000),
  '{"a":'.repeat(100_000),
  `"${'x'.repeat(1 << 20)}"`,
  '9'.repeat(100_000),
  `{"price":${'9'.repeat(100_000)}}`,
  `${' '.repeat(100_000)}{}`,
  '\ud800',
  '{"\ud800":"\udfff"}',
  new Uint8Array(0),
  new Uint8Array([0]),
  new Uint8Array([0xff, 0xfe, 0xfd]),
  new Uint8Array(256).map((_, i) => i),
  new Uint8Array([0xef, 0xbb, 0xbf]),
  new Uint8Array([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]),
  new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]),
  encoder.encode('{"a":1}').subarray(0, 5),
]

/** Beginnings of a frame, at up to `points` places spread over it; the whole frame is not among them. */
export function truncations(frame: string, points: number): string[] {
  const text = frame.trimEnd()
  const step = Math.max(1, text.length / points)
  const cuts: string[] = []
  for (let at = 0; at < text.length; at += step) cuts.push(text.slice(0, Math.floor(at)))
  if (text !== '') cuts.push(text.slice(0, -1))
  return cuts
}

/** The frame once for each leaf (up to `leaves`, spread over it) and each hostile value in its place; none for a frame that is no JSON. */
export function* replacedLeaves(frame: string, leaves: number): Generator<string> {
  const paths = [...leafPaths(parse(frame))]
  const step = Math.max(1, paths.length / leaves)
  for (let i = 0; i < paths.length; i += step) {
    const path = paths[Math.floor(i)] ?? []
    const put = putAt(frame, path)
    for (const value of hostileValues) yield put(value)
    yield JSON.stringify(removeAt(parse(frame), path))
  }
}

/** A place below the top of a JSON frame: a field, an element, or a container of them. */
export interface Place {
  /** The frame with another JSON text there. */
  put(json: string): string
  /** The frame without that field; undefined for an element, whose neighbors would move. */
  readonly removed: string | undefined
}

/** All places of a frame; none where it is no JSON. */
export function* places(frame: string): Generator<Place> {
  for (const path of leafPaths(parse(frame))) {
    const removed = typeof path.at(-1) === 'string' ? JSON.stringify(removeAt(parse(frame), path)) : undefined
    yield { put: putAt(frame, path), removed }
  }
}

const marker = '\u0001here\u0001'

type Path = readonly (string | number)[]

function parse(frame: string): unknown {
  try {
    return JSON.parse(frame)
  } catch {
    return undefined
  }
}

/** Paths to everything in a JSON value below the top: fields, elements, and the containers that hold them. */
function* leafPaths(value: unknown, path: Path = []): Generator<Path> {
  if (path.length > 0) yield path
  if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* leafPaths(item, [...path, i])
  else for (const [key, item] of Object.entries(asObject(value) ?? {})) yield* leafPaths(item, [...path, key])
}

function putAt(frame: string, path: Path): (json: string) => string {
  const [before = '', after = ''] = JSON.stringify(replaceAt(parse(frame), path, marker)).split(JSON.stringify(marker))
  return (json) => before + json + after
}

function replaceAt(value: unknown, path: Path, by: unknown): unknown {
  const holder = holderOf(value, path)
  const last = path.at(-1)
  if (holder !== undefined && last !== undefined) holder[last] = by
  return value
}

function removeAt(value: unknown, path: Path): unknown {
  const holder = holderOf(value, path)
  const last = path.at(-1)
  if (Array.isArray(holder)) holder.splice(Number(last), 1)
  else if (holder !== undefined && last !== undefined) delete holder[last]
  return value
}

function holderOf(value: unknown, path: Path): Record<string | number, unknown> | undefined {
  let holder = value
  for (const key of path.slice(0, -1)) holder = (holder as Record<string | number, unknown>)[key]
  return holder as Record<string | number, unknown> | undefined
}
