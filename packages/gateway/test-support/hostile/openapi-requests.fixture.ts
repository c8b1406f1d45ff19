import type { Random } from '@trinity/core'
import { z } from 'zod'

/** As much of the OpenAPI document as requests are made from. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: object
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>>
}

/** A request, and what may be answered to it. */
export interface ApiRequest {
  readonly bytes: string
  readonly method: string
  readonly path: string
  /** Why a response is not as the document says; empty where it is. */
  judge(status: number, text: string): string
}

/** Streams don't end; they have tests of their own. */
const streams = ['/stream', '/status/stream']
const keys = ['', 'Bearer KEY', 'Bearer KEY', 'Bearer KEY', 'bearer  KEY', 'Bearer trn_wrong', 'Basic eDp5', 'Bearer', 'Bearer \t', 'Bearer ü']
const oddTexts = [
  '',
  '%00',
  '%',
  '%E2%82%AC',
  '..%2f..',
  'null',
  '-1',
  '0',
  '1e9',
  '99999999999999999999',
  'a'.repeat(40),
  "'",
  `{"assets":["${'A'.repeat(17_000)}"]}`,
  '[]',
  'btc&asset=eth',
  'BTC%20',
]
const goodTexts: Readonly<Record<string, readonly string[]>> = {
  asset: ['btc', 'ETH', 'sol', 'pol', 'matic', 'usdt'],
  quote: ['usd', 'usdt', 'eur'],
  source: ['kraken', 'coinbase', 'okx', 'gemini'],
  max_age: ['1', '9', '300'],
  assets: ['btc,eth'],
}
const bodies = [
  '{"assets":["BTC","ETH"]}',
  '{"assets":["btc"]}',
  '{"assets":[]}',
  '{"assets":null}',
  '{"assets":"BTC"}',
  '{"assets":[1,2]}',
  '{"assets":["BTC"],"more":1}',
  '{"assets":["€"]}',
  `{"assets":${JSON.stringify(Array(31).fill('BTC'))}}`,
  `{"assets":["${'A'.repeat(2000)}"]}`,
  '{"__proto__":{"assets":["BTC"]}}',
  `{"assets":["${'A'.repeat(17_000)}"]}`,
  '[]',
  'null',
  '',
  '{',
  '{"assets":["BTC"]}{',
  '"\\ud800"',
]
const types = ['application/json', 'application/json; charset=utf-8', 'text/plain', 'application/xml', '']
const methods = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND']
const oddHeaders = [
  '',
  '',
  '',
  'X-Request-Id: mine-1\r\n',
  'X-Request-Id: a\r\nX-Request-Id: b\r\n',
  'X-Forwarded-For: 1.2.3.4\r\n',
  'Accept: text/html\r\n',
  'If-None-Match: *\r\n',
]

/** Makes requests at random from a document: most are good ones with one or two things wrong. */
export function apiRequests(document: ApiDocument, key: string, random: Random): () => ApiRequest {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T
  const paths = Object.keys(document.paths).filter((path) => !streams.includes(path))
  const schemas = new Map<object, z.ZodType>()
  const schemaOf = (schema: object): z.ZodType => {
    const known = schemas.get(schema) ?? z.fromJSONSchema(schema as z.core.JSONSchema.BaseSchema)
    schemas.set(schema, known)
    return known
  }

  function judge(operation: Operation | undefined, method: string, status: number, text: string): string {
    if (status === 500) return 'status 500'
    if (method === 'HEAD') return text === '' ? '' : 'HEAD has a body'
    let body: unknown
    try {
      body = JSON.parse(text)
    } catch {
      return `no JSON: ${text.slice(0, 100)}`
    }
    const isError = typeof body === 'object' && body !== null && 'error' in body
    // What no operation stands for is answered as every error is.
    const response = operation?.responses[status] ?? operation?.responses[`${Math.floor(status / 100)}XX`]
    const schema = response?.content?.['application/json']?.schema
    if (schema === undefined) return isError || status === 503 ? '' : `nothing stands for status ${status}`
    const { error } = schemaOf(schema).safeParse(body)
    return error === undefined ? '' : `not as its schema: ${error.issues[0]?.path.join('.') ?? ''} ${error.issues[0]?.message ?? ''}`
  }

  return () => {
    const path = pick(paths)
    const operations = document.paths[path] ?? {}
    const [usual = 'get'] = Object.keys(operations)
    const method = random() < 0.8 ? usual.toUpperCase() : pick(methods)
    const operation = operations[method.toLowerCase()]
    const known = operation?.parameters ?? []
    const query = known
      .filter(({ name }) => name === 'asset' || random() < 0.3)
      .map(({ name }) => `${name}=${random() < 0.8 ? pick(goodTexts[name] ?? oddTexts) : pick(oddTexts)}`)
    if (random() < 0.05) query.push(pick(['x=1', 'asset', '&&', 'asset[]=btc', '__proto__=1']))
    const target = `${random() < 0.97 ? path : `${path}${pick(['/', '/x', '%2f', '//'])}`}${query.length > 0 ? `?${query.join('&')}` : ''}`
    const authorization = pick(keys).replace('KEY', key)
    const hasBody = operation?.requestBody !== undefined || random() < 0.03
    const body = hasBody ? pick(bodies) : ''
    const type = pick(types)
    const isFaithful = target.split('?')[0] === path
    return {
      bytes:
        `${method} ${target} HTTP/1.1\r\nHost: a\r\n${authorization === '' ? '' : `Authorization: ${authorization}\r\n`}${pick(oddHeaders)}` +
        `${hasBody ? `${type === '' ? '' : `Content-Type: ${type}\r\n`}Content-Length: ${Buffer.byteLength(body)}\r\n` : ''}\r\n${body}`,
      method,
      path: target,
      judge: (status, text) => judge(isFaithful ? operation : undefined, method, status, text),
    }
  }
}
