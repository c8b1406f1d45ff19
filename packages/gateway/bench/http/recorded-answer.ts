import { get } from 'node:http'
import { text } from 'node:stream/consumers'
import { TrinityError } from '@trinity/core'

/** An answer as a server sent it. */
export interface RecordedAnswer {
  readonly status: number
  /** Names and values in turn, without those that node:http adds to every answer. */
  readonly fields: readonly string[]
  readonly body: string
  /** Of the whole answer. */
  readonly bytes: number
}

const ownFields = new Set(['date', 'connection', 'keep-alive'])

/** Asks a server once over a connection that stays open, and keeps what it answers. */
export function recordAnswer(url: string, key: string): Promise<RecordedAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RecordedAnswer>()
  const request = get(url, { headers: { authorization: `Bearer ${key}`, connection: 'keep-alive' } }, (response) => {
    const { statusCode: status = 0, statusMessage = '', rawHeaders } = response
    const pairs = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? ''] as const] : []))
    const head = [`HTTP/1.1 ${status} ${statusMessage}`, ...pairs.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n')
    const fields = pairs.filter(([name]) => !ownFields.has(name.toLowerCase())).flat()
    text(response).then((body) => resolve({ status, fields, body, bytes: Buffer.byteLength(head + body) }), reject)
  })
  request.on('error', (error) => reject(new TrinityError('TRN_INTERNAL', 'A server of the bench did not answer.', { cause: error })))
  return promise
}
