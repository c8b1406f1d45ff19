import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** A response as it stood on the wire. */
export interface RawResponse {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly text: string
  /** The parsed body; undefined where it is no JSON. */
  readonly body: Readonly<Record<string, unknown>> | undefined
}

/** What came of bytes on a connection of their own. */
export interface RawOutcome {
  readonly responses: readonly RawResponse[]
  /** Whether the server closed the connection. */
  readonly isClosed: boolean
}

/** Sends pieces of bytes, a while apart, and reads strictly what comes until the connection closes or nothing comes any more. */
export async function exchangeRaw(url: string, pieces: readonly (string | Buffer)[], quietMs = 150): Promise<RawOutcome> {
  const { received, isClosed } = await exchangeBytes(url, pieces, quietMs)
  return { responses: [...readResponses(received)], isClosed }
}

/** As {@link exchangeRaw}, for what is more than whole responses. */
export async function exchangeBytes(
  url: string,
  pieces: readonly (string | Buffer)[],
  quietMs = 150,
): Promise<{ readonly received: string; readonly isClosed: boolean }> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let received = ''
  let isClosed = false
  socket.setEncoding('latin1')
  socket.on('data', (part: string) => (received += part))
  socket.on('error', () => undefined)
  socket.on('close', () => (isClosed = true))
  for (const [i, piece] of pieces.entries()) {
    if (i > 0) await pause(30)
    socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)
  }
  let seen = -1
  while (!isClosed && seen !== received.length) {
    seen = received.length
    for (let waited = 0; waited < quietMs && !isClosed && seen === received.length; waited += 10) await pause(10)
  }
  socket.destroy()
  return { received, isClosed }
}

/** The responses that bytes consist of. @throws Error where a byte is part of none */
function* readResponses(bytes: string): Generator<RawResponse> {
  let rest = bytes
  while (rest !== '') {
    const match = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n((?:[\w-]+: [^\r\n]*\r\n)*)\r\n/.exec(rest)
    if (match === null) throw new Error(`These bytes begin no response: ${JSON.stringify(rest.slice(0, 200))}`)
    const [head, status = '', lines = ''] = match
    const fields = lines.split('\r\n').filter((line) => line !== '')
    const headers = new Map(fields.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]))
    if (headers.size !== fields.length) throw new Error(`A header stands twice: ${lines}`)
    const length = Number(status) < 200 ? 0 : Number(headers.get('content-length'))
    const text = Buffer.from(rest.slice(head.length, head.length + length), 'latin1').toString()
    if (Buffer.byteLength(text) !== length) throw new Error(`A body is cut off: ${rest}`)
    rest = rest.slice(head.length + length)
    yield { status: Number(status), headers, text, body: parseObject(text) }
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
}
