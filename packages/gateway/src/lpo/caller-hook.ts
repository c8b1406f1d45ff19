import { TrinityError } from '@trinity/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CallerDoor } from '../access/caller-door.ts'
import type { Connections } from '../http/connections/connections.ts'
import type { LoadShedder } from '../shedding/load-shedder.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Row of the caller's key; {@link noCaller} while or because it is not known, {@link unmetered} on public paths. */
    keyRow: number
  }
}

export const unmetered = -2
export const noCaller = -1

/** Why a request is refused that has waited too long; made once, since it has to cost nothing. */
export const overloaded = new TrinityError('TRN_OVERLOADED', 'The server has more requests than it can answer; try again in a second.')

/** A hook that lets holders of a key within its limits through, and tells them in headers how their limits stand. */
export function admitCallers(
  door: CallerDoor,
  shedder: LoadShedder,
  connections: Pick<Connections, 'noteKey' | 'slowDown'>,
): (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void {
  return (request, reply, done) => {
    request.keyRow = noCaller
    try {
      const row = door.identify(request.headers.authorization)
      request.keyRow = row
      connections.noteKey(request.raw, row)
      // Nobody is to pay for a refusal for want of time.
      const refusal = shedder.admit() ? door.admit(row) : (door.look(row) ?? overloaded)
      const headers = door.headers(row)
      if (headers !== undefined) reply.headers(headers)
      done(refusal)
    } catch (error) {
      done(connections.slowDown(request.raw, error) as Error)
    }
  }
}
