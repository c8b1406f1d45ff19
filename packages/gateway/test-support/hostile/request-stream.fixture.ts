import { type Socket, connect } from 'node:net'
import type { ApiRequest } from './openapi-requests.fixture.ts'

const outstanding = 16
const head = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n((?:[\w-]+: [^\r\n]*\r\n)*)\r\n/

/** What came of many requests. */
export interface StreamOutcome {
  readonly answered: number
  readonly statuses: ReadonlyMap<number, number>
  readonly wrong: readonly string[]
}

/** Sends requests over one connection after another, up to 16 at a time, and reads strictly what comes. */
export async function streamRequests(url: string, count: number, next: () => ApiRequest): Promise<StreamOutcome> {
  const { hostname, port } = new URL(url)
  const statuses = new Map<number, number>()
  const wrong: string[] = []
  let answered = 0
  while (answered < count && wrong.length < 20) {
    await new Promise<void>((resolve) => {
      const open: ApiRequest[] = []
      const socket: Socket = connect(Number(port), hostname)
      let rest = Buffer.alloc(0)
      const fail = (why: string): void => {
        wrong.push(why)
        socket.destroy()
      }
      const send = (): void => {
        let bytes = ''
        while (open.length < outstanding && answered + open.length < count) {
          const request = next()
          open.push(request)
          bytes += request.bytes
        }
        if (bytes !== '') socket.write(bytes, 'utf8')
        else if (open.length === 0) socket.destroy()
      }
      const take = (): boolean => {
        const match = head.exec(rest.subarray(0, 8192).toString('latin1'))
        if (match === null) {
          if (rest.length > 8192) fail(`no response begins with ${JSON.stringify(rest.subarray(0, 80).toString('latin1'))}`)
          return false
        }
        const [all, code = '', fields = ''] = match
        const request = open[0]
        if (request === undefined) {
          fail(`a response without a request: ${all}`)
          return false
        }
        const status = Number(code)
        const length = request.method === 'HEAD' || status === 304 ? 0 : Number(/content-length: (\d+)/i.exec(fields)?.[1] ?? Number.NaN)
        if (Number.isNaN(length)) {
          fail(`no length: ${request.bytes}${all}`)
          return false
        }
        if (rest.length < all.length + length) return false
        const why = request.judge(status, rest.subarray(all.length, all.length + length).toString())
        if (why !== '') wrong.push(`${why}: ${JSON.stringify(request.bytes.slice(0, 300))}`)
        rest = rest.subarray(all.length + length)
        open.shift()
        answered++
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        return true
      }
      socket.on('connect', send)
      socket.on('data', (part) => {
        rest = rest.length === 0 ? part : Buffer.concat([rest, part])
        while (rest.length > 0 && take());
        if (!socket.destroyed) send()
      })
      socket.on('error', () => undefined)
      socket.on('close', () => resolve())
      socket.setTimeout(20_000, () => fail(`no response to ${open[0]?.bytes ?? ''}`))
    })
  }
  return { answered, statuses, wrong }
}
