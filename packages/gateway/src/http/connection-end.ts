import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** How long a client has to read what it was sent last. */
const lingerMs = 2000

/**
 * The response whose turn it is on a connection, from its request on until all of it is written. Node tells it nowhere else where there
 * is no request at hand.
 */
export function responseUnderWay(socket: Duplex): ServerResponse<IncomingMessage> | undefined {
  const { _httpMessage: current } = socket as Duplex & { readonly _httpMessage?: ServerResponse<IncomingMessage> | null }
  return current ?? undefined
}

/** Whether a response to an earlier request is due or under way on a connection. */
export function isAnswering(socket: Duplex): boolean {
  return responseUnderWay(socket) !== undefined
}

/** Ends a connection so that its client can still read what it was sent: destroyed with input unread, it would be reset, and that lost. */
export function endLingering(socket: Duplex, lastBytes = ''): void {
  socket.on('error', () => undefined)
  socket.end(lastBytes)
  socket.resume()
  cutAfterLinger(socket)
}

/** Ends a connection as soon as its client has the responses it waits for, and at once where one is a stream, which never ends. */
export function endAfterResponses(socket: Duplex): void {
  const current = responseUnderWay(socket)
  if (current === undefined) return endLingering(socket)
  if (current.headersSent && !current.writableEnded) return void socket.destroy()
  // It may become a stream yet.
  cutAfterLinger(socket)
  socket.pause()
  const endOnceAnswered = (response: ServerResponse): void =>
    void response.once('close', () => {
      const next = responseUnderWay(socket)
      if (next === undefined) endLingering(socket)
      else endOnceAnswered(next)
    })
  endOnceAnswered(current)
}

/** Destroys a connection that has not closed by itself soon. */
function cutAfterLinger(socket: Duplex): void {
  const cut = setTimeout(() => socket.destroy(), lingerMs)
  socket.once('close', () => clearTimeout(cut))
}
