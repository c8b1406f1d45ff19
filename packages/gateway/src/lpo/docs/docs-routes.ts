import { jsonType } from '../../http/error-body.ts'
import { type MemoryFile, memoryFile, sendFile } from '../../http/static-files.ts'
import type { LpoServer } from '../lpo-server.ts'
import { swaggerUiFile, swaggerUiNames, swaggerUiPage } from './swagger-ui-files.ts'

/** What Swagger UI needs. Browsers are not told to upgrade to https: the page must also work where the server is reached without TLS. */
const policy =
  "default-src 'self'; base-uri 'self'; font-src 'self' https: data:; frame-ancestors 'self'; img-src 'self' data: validator.swagger.io; object-src 'none'; script-src 'self'; script-src-attr 'none'; style-src 'self' https:;"

/** The OpenAPI document, and Swagger UI that shows it. */
export function addDocsRoutes(server: LpoServer): void {
  let made: MemoryFile | undefined
  const description = (): MemoryFile => (made ??= memoryFile(JSON.stringify(server.swagger()), jsonType))
  // Now all routes are there that it describes. It takes 30 ms, which nobody is to wait for later.
  server.addHook('onReady', (done) => {
    description()
    done()
  })
  server.get('/openapi.json', { schema: { hide: true } }, (request, reply) => sendFile(request, reply, description()))

  const get = (url: string, file: () => MemoryFile): void =>
    void server.get(url, { schema: { hide: true } }, (request, reply) => sendFile(request, reply, file(), { 'content-security-policy': policy }))
  const [page, pageBelow] = [swaggerUiPage('/docs/static'), swaggerUiPage('./static')]
  get('/docs', () => page)
  get('/docs/', () => pageBelow)
  for (const name of swaggerUiNames) get(`/docs/static/${name}`, () => swaggerUiFile(name))
}
