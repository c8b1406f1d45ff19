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

/** Long enough for each simulated venue, which lives in the server's process, to be read several times over connections that come and go. */
const idleMs = 30_000

/** The most descriptors that a server has open while only polite callers ask. */
export async function idleDescriptors(server: WatchedServer, polite: PoliteCallers): Promise<number> {
  const watch = watchMost(server)
  await polite.ask(idleMs)
  return watch.stop().descriptors
}

function watchMost(server: WatchedServer): { stop(): { readonly bytes: number; readonly descriptors: number } } {
  let [bytes, descriptors] = [0, 0]
  const watch = setInterval(() => {
    bytes = Math.max(bytes, server.residentBytes())
    descriptors = Math.max(descriptors, server.descriptors())
  }, 20)
  return {
    stop() {
      clearInterval(watch)
      return { bytes, descriptors }
    },
  }
}

/**
 * Lets an attacker loose for some seconds beside polite callers.
 * @param idle see {@link idleDescriptors}
 */
export async function attackBeside(
  server: WatchedServer,
  polite: PoliteCallers,
  attack: Attack,
  idle: number,
  durationMs = 5000,
): Promise<HostileReport> {
  const attacker = startChild<Attacker>('../hostile/attacker.fixture.ts')
  const beforeBytes = server.residentBytes()
  const since = Date.now()
  const watch = watchMost(server)
  const asking = polite.ask(durationMs)
  await pause(300)
  const opened = await attacker.ask.open(server.target, attack)
  const { asked, answered } = await asking
  const most = watch.stop()
  attacker.kill()
  return {
    opened,
    addedBytes: most.bytes - beforeBytes,
    addedDescriptors: most.descriptors - idle,
    worstTickMs: server.worstTicks(since),
    asked,
    answered,
    feeds: await server.feeds(),
  }
}
