import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { coreAccess } from './changes/core-access.ts'
import { coreBoard } from './changes/core-board.ts'
import { udpClient } from './changes/udp-client.ts'
import { udpReceiver } from './changes/udp-receiver.ts'
import { udpWire } from './changes/udp-wire.ts'
import { webhookClient } from './changes/webhook-client.ts'
import { mutationsIn } from './mutation.ts'
import { runMutations } from './run-mutations.ts'

/** Parts of names choose some: `TRINITY_MUTATION=gcra,quota`. */
const chosen = process.env.TRINITY_MUTATION?.split(',') ?? ['']
const mutations = mutationsIn([...coreAccess, ...coreBoard, ...udpWire, ...udpClient, ...udpReceiver, ...webhookClient]).filter(({ name }) =>
  chosen.some((part) => name.includes(part)),
)

test('each change has a name of its own', () => {
  expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length)
})

test('of all single changes to limits, board, datagrams and signatures the tests notice at least 95 %', async () => {
  const startedAt = performance.now()
  let tried = 0
  const results = await runMutations(mutations, Math.min(2, availableParallelism()), ({ mutation, noticedBy }) => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
    const outcome = noticedBy === undefined ? 'SURVIVED' : `noticed by ${noticedBy === '' ? 'the time limit' : noticedBy}`
    console.log(`${seconds.padStart(5)} s  ${++tried}/${mutations.length}  ${mutation.name}: ${outcome}`)
  })
  const survivors = results.flatMap(({ mutation, noticedBy }) => (noticedBy === undefined ? [mutation.name] : []))
  console.log(`${results.length - survivors.length} of ${results.length} changes noticed; survivors: ${survivors.join('; ') || 'none'}`)
  expect(survivors.length, survivors.join('\n')).toBeLessThanOrEqual(results.length * 0.05)
})
