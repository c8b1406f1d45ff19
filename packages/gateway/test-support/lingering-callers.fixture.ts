import { connect } from 'node:net'
import { testKey } from './test-keys.fixture.ts'

/** What callers may have sent when a server is told to stop, by what they are about. */
export const lingeringCallers: Readonly<Record<string, string>> = {
  'has sent nothing': '',
  'is in the middle of its headers': 'GET /live HTTP/1.1\r\nHost: a\r\n',
  'is in the middle of its body': `POST /prices HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${testKey}\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{`,
  'keeps its connection after an answer': 'GET /live HTTP/1.1\r\nHost: a\r\n\r\n',
  'does not read its answer': 'GET /docs/static/swagger-ui-bundle.js HTTP/1.1\r\nHost: a\r\n\r\n',
}

/** Opens a connection, sends bytes and then does nothing, not even read; the returned function ends it. */
export function openLingering(url: string, bytes: string): () => void {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  socket.pause()
  socket.write(bytes)
  return () => void socket.destroy()
}
