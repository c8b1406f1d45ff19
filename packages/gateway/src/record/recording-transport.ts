import { type Clock, type Frame, type Transport, frameText } from '@trinity/core'

/** Hears of every frame in either direction. */
export type FrameListener = (at: number, dir: 'in' | 'out', frame: string) => void

/** A transport whose sockets tell `listen` what passes through them, before anybody acts on it. */
export function recordingTransport(transport: Transport, clock: Clock, listen: FrameListener): Transport {
  const note = (dir: 'in' | 'out', frame: Frame): void => listen(clock.now(), dir, frameText(frame))
  return {
    connect(url, handlers) {
      const socket = transport.connect(url, {
        ...handlers,
        onFrame(frame) {
          note('in', frame)
          handlers.onFrame(frame)
        },
      })
      return {
        send(frame) {
          note('out', frame)
          socket.send(frame)
        },
        close: () => socket.close(),
        terminate: () => socket.terminate(),
      }
    },
    request: (request) => transport.request(request),
  }
}
