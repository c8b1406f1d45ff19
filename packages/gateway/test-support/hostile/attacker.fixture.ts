/** A hostile client as a process of its own: it opens connections, writes what it likes and reads nothing. */
import { type Socket, connect } from 'node:net'
import type { LoadTarget } from '../load/target.fixture.ts'
import { answerParent } from '../load/callers/answers.fixture.ts'

/** Connections from one address, each with the same bytes. */
export interface Attack {
  readonly connections: number
  /** Requests that each connection sends in one piece; 0 = it sends nothing. */
  readonly requests: number
  readonly path: string
  readonly key?: string | undefined
  readonly from: string
}

const sockets = new Set<Socket>()

/** Everything that the attacker does on request. */
const api = {
  /** Opens connections and leaves them as they are; how many opened. */
  async open({ host, httpPort }: LoadTarget, { connections, requests, path, key, from }: Attack): Promise<number> {
    const authorization = key === undefined ? '' : `Authorization: Bearer ${key}\r\n`
    const bytes = `GET ${path} HTTP/1.1\r\nHost: a\r\n${authorization}\r\n`.repeat(requests)
    const opened = await Promise.all(
      Array.from(
        { length: connections },
        () =>
          new Promise<number>((resolve) => {
            const socket = connect({ host, port: httpPort, localAddress: from })
            sockets.add(socket)
            socket.pause()
            socket.on('error', () => resolve(0)).on('close', () => sockets.delete(socket))
            socket.on('connect', () => {
              if (bytes !== '') socket.write(bytes)
              resolve(1)
            })
          }),
      ),
    )
    return opened.reduce((sum, one) => sum + one, 0)
  },
  /** Drops every connection. */
  close(): void {
    for (const socket of sockets) socket.destroy()
  },
}

export type Attacker = typeof api

answerParent(api)
