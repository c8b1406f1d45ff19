import { isUtf8 } from 'node:buffer'
import { TrinityError } from '@trinity/core'
import type { LpoServer } from './lpo-server.ts'

/** Has a server take JSON in UTF-8 and no other request body. The framework's own parser would put other characters in place of bytes that are none. */
export function takeJsonOnly(server: LpoServer): void {
  const parse = server.getDefaultJsonParser('error', 'error')
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (isUtf8(body)) void parse(request, body.toString(), done)
    else done(new TrinityError('TRN_BAD_REQUEST', 'body: is not valid UTF-8.'))
  })
}
