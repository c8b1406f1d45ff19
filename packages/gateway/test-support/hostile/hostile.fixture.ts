import { setTimeout as pause } from 'node:timers/promises'
import { startChild } from '../load/child.fixture.ts'
import type { LoadGenerator } from '../load/generator.fixture.ts'
import { countStatus } from '../load/statistics.fixture.ts'
import type { Attack, Attacker } from './attacker.fixture.ts'
import type { WatchedServer } from './watched-server.fixture.ts'

/** What an attack did to a server and to its customers. */
export interface HostileReport {
  readonly opened: number
  readonly addedBytes: number
  readonly addedDescriptors: number
  /** By thread; 0 is the main one. */
  readonly worstTickMs: ReadonlyMap<number, number>
  readonly asked: number
  readonly answered: number
  readonly feeds: readonly string[]
}

/** Holders of a key, half of them at the attacker's address, who ask three times a second each. */
export interface PoliteCallers {
  ask(durationMs: number): Promise<{ readonly asked: number; readonly answered: number }>
}

const callers = 50

export async function openPoliteCallers(server: WatchedServer): Promise<PoliteCallers> {
  const generator = startChild<LoadGenerator>('generator.fixture.ts')
  await generator.ask.open(
    server.target,
    ['127.0.0.3', '127.0.0.2'].map(
      (from) => ({ protocol: 'http', callers: callers / 2, key: server.key, from: [from], anyPrice: true, patienceMs: 5000 }) as const,
    ),
  )
  return {
    async ask(durationMs) {
      const run = await generator.ask.openLoop(3 * callers, durationMs)
      return { asked: run.calls.length / 4, answered: countStatus(run, 200) }
    },
  }
}

/** Lets an attacker loose for some seconds beside polite callers. */
export async function attackBeside(server: WatchedServer, polite: PoliteCallers, attack: Attack, durationMs = 5000): Promise<HostileReport> {
  const attacker = startChild<Attacker>('../hostile/attacker.fixture.ts')
  const [beforeBytes, beforeDescriptors] = [server.residentBytes(), server.descriptors()]
  const since = Date.now()
  let [mostBytes, mostDescriptors] = [0, 0]
  const watch = setInterval(() => {
    mostBytes = Math.max(mostBytes, server.residentBytes())
    mostDescriptors = Math.max(mostDescriptors, server.descriptors())
  }, 20)
  const asking = polite.ask(durationMs)
  await pause(300)
  const opened = await attacker.ask.open(server.target, attack)
  const { asked, answered } = await asking
  clearInterval(watch)
  attacker.kill()
  return {
    opened,
    addedBytes: mostBytes - beforeBytes,
    addedDescriptors: mostDescriptors - beforeDescriptors,
    worstTickMs: server.worstTicks(since),
    asked,
    answered,
    feeds: await server.feeds(),
  }
}
