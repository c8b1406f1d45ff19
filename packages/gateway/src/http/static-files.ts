import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { entityTagOf, isNamedIn } from './entity-tag.ts'

/** As much of a file goes out in one turn of the event loop: the kernel would take megabytes of each at once, while everybody else waits. */
const sliceBytes = 65_536

/** A file that is served from memory. */
export interface MemoryFile {
  /** Shared by all responses. */
  readonly bytes: Buffer
  readonly type: string
  /** Strong validator, quoted. */
  readonly etag: string
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
}

/** The content type that a file's name tells; undefined for one that is not served. */
export function typeOf(name: string): string | undefined {
  return types[extname(name)]
}

/** Makes a file of content that need not lie on disk. */
export function memoryFile(content: Buffer | string, type: string): MemoryFile {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  return { bytes, type, etag: entityTagOf(bytes) }
}

/** Reads a file of a known type into memory. */
export function readMemoryFile(path: string): MemoryFile {
  return memoryFile(readFileSync(path), typeOf(path) ?? 'application/octet-stream')
}

/** Sends a file, or 304 to a client that has it already. */
export function sendFile(
  request: Pick<FastifyRequest, 'headers'>,
  reply: Pick<FastifyReply, 'headers' | 'code' | 'send'>,
  file: MemoryFile,
  headers: Readonly<Record<string, string>> = {},
): void {
  reply.headers({
    ...headers,
    'x-content-type-options': 'nosniff',
    // Names don't change with their contents: a browser keeps a file but asks each time whether it is still good.
    'cache-control': 'no-cache',
    etag: file.etag,
  })
  if (isNamedIn(request.headers['if-none-match'], file.etag)) void reply.code(304).send()
  else {
    const { bytes, type } = file
    void reply.headers({ 'content-type': type, 'content-length': String(bytes.length) }).send(bytes.length > sliceBytes ? slicesOf(bytes) : bytes)
  }
}

function slicesOf(bytes: Buffer): Readable {
  let from = 0
  return new Readable({
    highWaterMark: sliceBytes,
    read() {
      setImmediate(() => this.push(from < bytes.length ? bytes.subarray(from, (from += sliceBytes)) : null))
    },
  })
}
