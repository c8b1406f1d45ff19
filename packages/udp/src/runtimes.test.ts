import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PackedProject, packProject } from '../test-support/packed-project.ts'
import { apiKey } from '../test-support/rig.ts'
import { ScriptedServer } from '../test-support/scripted-server.ts'

/** The Node of this run and those in the path, by version; older ones than 20 are none of ours. */
const nodes = new Map(
  [process.execPath, ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'node'))]
    .filter((path) => existsSync(path))
    .map((path) => [execFileSync(path, ['--version'], { encoding: 'utf8' }).trim(), path] as const)
    .filter(([version]) => Number(/\d+/.exec(version)?.[0]) >= 20),
)

/** Asks the gateway for prices, then sends pushes to a receiver of its own and listens. */
const program = `
async function main() {
  const client = await udp.PriceClient.connect({ host: '127.0.0.1', port: Number(process.argv[2]), apiKey: '${apiKey}' })
  const quotes = await client.query(['btc', 'nothing'])
  await client.close()

  const secret = 'whsec_' + btoa('a secret that tests may know of.')
  const receiver = await udp.PriceReceiver.bind({ secret })
  const gaps = []
  receiver.on('gap', ({ first, last }) => gaps.push([first, last]))
  const socket = createSocket('udp4')
  const send = (datagram) => new Promise((sent) => socket.send(datagram, receiver.address.port, '127.0.0.1', sent))
  for (const sequence of [1, 4]) {
    const [timestamp, expires_at] = [0, 60000].map((ms) => new Date(Date.now() + ms).toISOString())
    const price = { asset: 'BTC', price_text: '1.50', currency: 'USD', source: 'x', timestamp: null, confirmed_at: timestamp, cache_age_seconds: 0, stale: false }
    const body = JSON.stringify({ type: 'price.update', sequence, timestamp, expires_at, data: { prices: [price] } })
    await send(Object.values(await sign(secret, body)).join(' ') + '\\n' + body)
  }
  socket.close()
  const sequences = []
  for await (const event of receiver) if (sequences.push(event.sequence) === 2) break
  await receiver.close()
  console.log(JSON.stringify({ prices: quotes.map(({ status, price }) => [status, price]), sequences, gaps }))
}
main()
`
const programs = {
  'run.mjs': `import { createSocket } from 'node:dgram'\nimport * as udp from '@trinity/udp'\nimport { sign } from '@trinity/webhook-client'\n${program}`,
  'run.cjs': `const { createSocket } = require('node:dgram')\nconst udp = require('@trinity/udp')\nconst { sign } = require('@trinity/webhook-client')\n${program}`,
}
const gateway = new ScriptedServer(apiKey)
let port: number
let project: PackedProject

beforeAll(async () => {
  port = await gateway.start()
  project = await packProject()
  for (const [file, text] of Object.entries(programs)) project.write(file, text)
}, 60_000)
afterAll(async () => {
  await gateway.stop()
  project.remove()
})

describe.each([...nodes])('the packed package on Node %s', (_version, node) => {
  test.each(Object.keys(programs))('asks for prices and receives pushes: %s', async (file) => {
    expect(JSON.parse(await project.run(node, file, String(port)))).toEqual({
      prices: [
        ['fresh', '83421.57'],
        ['unknown', null],
      ],
      sequences: [1, 4],
      gaps: [[2, 3]],
    })
  })
})
