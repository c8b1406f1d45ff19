import { createServer } from 'node:net'

/** Why a port can't be opened; undefined when it can. */
export async function probePort(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EADDRINUSE' ? 'in use' : error.message))
    server.listen({ host, port }, () => server.close(() => resolve(undefined)))
  })
}
