import { randomBytes } from 'node:crypto'
import { readFile, rename, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { type Clock, TrinityError, systemClock } from '@trinity/core'
import { unlessMissing } from './master-key.ts'
import { createFile } from './whole-file.ts'

const retryMs = 20

/** Nobody holds a lock that long: who does has crashed on another machine, or under a process id that another process has now. */
const abandonedMs = 5000

/** Asks whether the lock is still ours; @throws TrinityError `TRN_KEY_FILE_INVALID` when another process took it for abandoned. */
export type DemandLock = () => Promise<void>

/**
 * Runs an action while no other process runs one under the same lock file. The lock of a process that died is taken over: at once
 * when it died on this machine, else after 5 s; so an action that stood still has to demand the lock right before it changes anything.
 * @throws TrinityError `TRN_KEY_FILE_INVALID` when others hold it for 20 s
 */
export async function withFileLock<Result>(
  file: string,
  action: (demandLock: DemandLock) => Promise<Result>,
  clock: Clock = systemClock,
): Promise<Result> {
  const mine = JSON.stringify({ host: hostname(), pid: process.pid, token: randomBytes(12).toString('hex') })
  const endsAt = clock.now() + 4 * abandonedMs
  const seen = new Map<string, number>()
  for (;;) {
    const holder = await readFile(file, 'utf8').catch(unlessMissing)
    if (holder === undefined ? await createFile(file, mine) : isAbandoned(holder, seen, clock) && (await takeOver(file, mine, holder, seen, clock)))
      break
    if (clock.now() > endsAt)
      throw new TrinityError('TRN_KEY_FILE_INVALID', `${file} is held by another command; try again, or delete it if none is running.`)
    await new Promise<void>((resolve) => clock.after(retryMs, resolve))
  }
  const isMine = async (): Promise<boolean> => (await readFile(file, 'utf8').catch(unlessMissing)) === mine
  try {
    return await action(async () => {
      if (!(await isMine()))
        throw new TrinityError('TRN_KEY_FILE_INVALID', `${file} was taken by another command meanwhile; nothing was changed, try again.`)
    })
  } finally {
    if (await isMine()) await rm(file, { force: true })
  }
}

/**
 * Puts our lock in the place of an abandoned one. Only one process at a time may: the one whose heir file stands beside the lock.
 * Since the dead holder changes nothing and others only add what is not there, the lock stays what the heir has seen.
 */
async function takeOver(file: string, mine: string, holder: string, seen: Map<string, number>, clock: Clock): Promise<boolean> {
  const heir = `${file}.heir`
  if (!(await createFile(heir, mine))) {
    const other = await readFile(heir, 'utf8').catch(unlessMissing)
    if (other !== undefined && isAbandoned(other, seen, clock)) await rm(heir, { force: true })
    return false
  }
  if ((await readFile(file, 'utf8').catch(unlessMissing)) === holder) {
    await rename(heir, file)
    return true
  }
  await rm(heir, { force: true })
  return false
}

/** By our own clock since we first saw it: that of another machine may be wrong. */
function isAbandoned(holder: string, seen: Map<string, number>, clock: Clock): boolean {
  const since = seen.get(holder) ?? clock.now()
  seen.set(holder, since)
  return isDead(holder) || clock.now() - since > abandonedMs
}

function isDead(holder: string): boolean {
  try {
    const { host, pid } = JSON.parse(holder) as { host: string; pid: number }
    if (host !== hostname()) return false
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
