import { expect, test } from 'vitest'
import { startTrinity } from '../../test-support/run-trinity.fixture.ts'

/** Makes the main thread print at its end which packages and which modules of the gateway it has loaded. */
const listing = `data:text/javascript,${encodeURIComponent(`
import { registerHooks } from 'node:module'
import { isMainThread } from 'node:worker_threads'
const found = new Set()
if (isMainThread) {
  registerHooks({
    load(url, context, next) {
      found.add(/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1] ?? /gateway\\/src\\/([^.]+)/.exec(url)?.[1] ?? url)
      return next(url, context)
    },
  })
  process.on('exit', () => process.stdout.write('LOADED ' + [...found].join(' ') + '\\n'))
}
`)}`

test('the main thread of a server with workers holds nothing that only serving, simulating or another command needs', async () => {
  const running = startTrinity(['start'], { SERVE_WORKERS: '1', NODE_OPTIONS: `--import "${listing}"`, LOG_LEVEL: 'silent' })
  await running.address()
  running.child.kill('SIGTERM')
  const { stdout } = await running.ended
  const loaded = (/^LOADED (.*)$/m.exec(stdout)?.[1] ?? '').split(' ')
  expect(loaded).toEqual(expect.arrayContaining(['gateway', 'ws', 'prom-client', 'cli/start']))
  const needless = loaded.filter((name) =>
    /^(fastify|@fastify\/|ajv|undici|stress\/|simulat|replay|record|lpo\/server|serving\/serving-unit)/.test(name),
  )
  expect(needless).toEqual([])
})
