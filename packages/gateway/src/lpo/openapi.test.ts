import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type FakeMarket, openFakeMarket } from '../../test-support/fake-market.fixture.ts'
import { ask, keyHeaders } from '../../test-support/gateway-rig.fixture.ts'
import { testConnector } from '../../test-support/test-connector.fixture.ts'

interface Operation {
  readonly summary?: string
  readonly security?: readonly unknown[]
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema: object }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> }
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >
}

interface Description {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string }
  readonly components?: { readonly securitySchemes?: Readonly<Record<string, unknown>> }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

let market: FakeMarket
let description: Description
beforeAll(async () => {
  market = await openFakeMarket({ connectors: [testConnector({ name: 'alpha' })], assets: { alpha: ['BTC', 'ETH'] }, rest: false })
  description = (await ask(`${market.url}/openapi.json`)).body as unknown as Description
})
afterAll(() => market.stop())

const operations = (): readonly [string, Operation][] =>
  Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method} ${path}`, operation]),
  )

/** All objects in a value, itself included. */
function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield value as Record<string, unknown>
  for (const inner of Object.values(value)) yield* objectsIn(inner)
}

describe('/openapi.json', () => {
  test('describes each route of the contract', () => {
    expect(description.openapi).toMatch(/^3\.1\.\d+$/)
    expect(description.info).toMatchObject({ title: expect.stringMatching(/\S/) as string, version: expect.stringMatching(/\S/) as string })
    expect(
      operations()
        .map(([name]) => name)
        .sort(),
    ).toEqual([
      'get /exchanges',
      'get /health',
      'get /live',
      'get /price',
      'get /ready',
      'get /status/stream',
      'get /stream',
      'post /prices',
      'post /stream/ticket',
    ])
  })

  test('is a document that keeps the rules of OpenAPI 3.1', () => {
    const schemes = Object.keys(description.components?.securitySchemes ?? {})
    for (const [name, { summary, parameters = [], responses, security = [], requestBody }] of operations()) {
      expect(summary, name).toMatch(/\S/)
      expect(Object.keys(responses).length, name).toBeGreaterThan(0)
      for (const [status, response] of Object.entries(responses)) {
        expect(status, name).toMatch(/^([1-5]\d\d|[1-5]XX|default)$/)
        expect(response.description, `${name} ${status}`).toMatch(/\S/)
      }
      for (const parameter of parameters) expect(parameter, name).toMatchObject({ in: 'query', schema: expect.any(Object) as object })
      for (const scheme of security.flatMap((one) => Object.keys(one as object))) expect(schemes, name).toContain(scheme)
      if (requestBody !== undefined) expect(Object.keys(requestBody.content), name).toEqual(['application/json'])
    }
    for (const object of objectsIn(description.paths)) {
      expect(object).not.toHaveProperty('nullable')
      expect(object).not.toHaveProperty('$ref')
      if ('exclusiveMinimum' in object) expect(typeof object.exclusiveMinimum).toBe('number')
      if (typeof object.pattern === 'string') expect(() => new RegExp(object.pattern as string, 'u')).not.toThrow()
    }
  })

  test('says which routes need a key', () => {
    const keyed = operations().filter(([, { security = [] }]) => security.length > 0)
    expect(keyed.map(([name]) => name).sort()).toEqual(['get /price', 'get /stream', 'post /prices', 'post /stream/ticket'])
  })

  test('names the parameters of /price, of which only asset is required', () => {
    const parameters = description.paths['/price']?.get?.parameters ?? []
    expect(parameters.map(({ name, required }) => [name, required])).toEqual([
      ['asset', true],
      ['quote', false],
      ['source', false],
      ['max_age', false],
    ])
  })

  const answers: readonly [string, string, string, RequestInit?][] = [
    ['get /price', '/price?asset=btc', '200'],
    ['get /price', '/price?asset=nosuch', '4XX'],
    ['get /price', '/price?asset=eth', '5XX'],
    ['post /prices', '/prices', '200', { method: 'POST', body: '{"assets":["btc","eth","nosuch"]}' }],
    ['post /prices', '/prices', '4XX', { method: 'POST', body: '{"assets":[]}' }],
    ['get /stream', '/stream?assets=nosuch', '4XX'],
    ['post /stream/ticket', '/stream/ticket', '200', { method: 'POST', body: '{}' }],
    ['get /exchanges', '/exchanges', '200'],
    ['get /live', '/live', '200'],
    ['get /ready', '/ready', '200'],
    ['get /health', '/health', '200'],
  ]
  test.each(answers)('describes the answer of %s to %s (%s)', async (name, path, status, init = {}) => {
    market.trade('alpha', 'BTC-USD', '5.50')
    const answer = await ask(`${market.url}${path}`, {
      ...init,
      headers: { ...keyHeaders, 'content-type': 'application/json' },
    })
    const described = new Map(operations()).get(name)?.responses[status]?.content?.['application/json']?.schema
    expect(described).toBeDefined()
    expect(String(answer.status)).toMatch(new RegExp(`^${status.replace('XX', '\\d\\d')}$`))
    const schema = z.fromJSONSchema(described as Parameters<typeof z.fromJSONSchema>[0])
    expect(schema.safeParse(answer.body).error?.issues).toBeUndefined()
    expect(schema.safeParse({ ...answer.body, status_code: 'two hundred' }).success).toBe(false)
  })
})

describe('/docs', () => {
  test('answers with a page that shows the description', async () => {
    const page = await ask(`${market.url}/docs`)
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toMatch(/^text\/html/)
    // The server speaks plain HTTP: a policy that makes browsers ask for the parts by https would leave the page empty.
    expect(page.headers.get('content-security-policy') ?? '').not.toContain('upgrade-insecure-requests')
    const parts = [...page.text.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)].map(([, path]) => path ?? '')
    expect(parts.length).toBeGreaterThan(2)
    for (const path of parts) expect((await ask(`${market.url}${path}`)).status, path).toBe(200)
  })
})
