/** Runs `worker.mjs` of the project folder, with the files it imports, in workerd and prints what it answers. */
export const workerdProgram = `
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Miniflare } from 'miniflare'

const folder = process.argv[2]
const worker = \`
import * as library from './client.mjs'
import { runVectors } from './run-vectors.mjs'
import { vectors } from './vectors.mjs'
export default {
  async fetch() {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
    const event = await library.verify(secret, await library.sign(secret, '{}'), '{}')
    return Response.json({ event: event.type, ...(await runVectors(library, vectors)) })
  },
}\`
const module = (path, contents) => ({ type: 'ESModule', path, contents })
const miniflare = new Miniflare({
  compatibilityDate: '2025-01-01',
  modules: [
    module('worker.mjs', worker),
    module('client.mjs', readFileSync(join(folder, 'node_modules/@trinity/webhook-client/dist/index.js'), 'utf8')),
    module('run-vectors.mjs', readFileSync(join(folder, 'run-vectors.mjs'), 'utf8')),
    module('vectors.mjs', readFileSync(join(folder, 'vectors.mjs'), 'utf8')),
  ],
})
console.log(await (await miniflare.dispatchFetch('http://localhost/')).text())
await miniflare.dispose()
`

/** The same in the edge runtime of Vercel, which takes scripts and no modules. */
export const edgeProgram = `
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EdgeRuntime } from 'edge-runtime'

const folder = process.argv[2]
const read = (file) => readFileSync(join(folder, file), 'utf8').replace(/^export /gm, '')
const runtime = new EdgeRuntime({
  initialCode: \`
const module = { exports: {} }
\${read('node_modules/@trinity/webhook-client/dist/index.cjs')}
\${read('run-vectors.mjs')}
\${read('vectors.mjs')}
addEventListener('fetch', (request) => request.respondWith((async () => {
  const library = module.exports
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const event = await library.verify(secret, await library.sign(secret, '{}'), '{}')
  return Response.json({ event: event.type, ...(await runVectors(library, vectors)) })
})().catch((error) => new Response(JSON.stringify(String(error.stack))))))
\`,
})
console.log(await (await runtime.dispatchFetch('http://localhost/')).text())
`
