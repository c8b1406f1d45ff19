import { socketsFor } from './udp-asker.ts'

/** How many sockets a run may open at each target. */
export interface SocketBudget {
  readonly connectionsPerTarget: number
  readonly udpSocketsPerTarget: number
  /** What the operator should know; undefined where the limit of open files changes nothing. */
  readonly note: string | undefined
}

/** Connections kept to an HTTP target. With more, a system gives its time to them and no longer to requests. */
const usualConnections = 1000

/** Files, pipes and what the runtime opens for itself. */
const reservedFiles = 100

/**
 * Shares out the sockets that the limit of open files leaves; `fileLimit` is undefined where there is none. HTTP and UDP are
 * not measured at the same time, but keep their sockets.
 */
export function shareSockets(fileLimit: number | undefined, httpTargets: number, udpTargets: number, outstanding: number): SocketBudget {
  const connections = Math.min(usualConnections, outstanding)
  const udpSockets = socketsFor(Math.ceil(outstanding / Math.max(1, udpTargets)))
  const wanted = connections * httpTargets + udpSockets * udpTargets
  const left = Math.max(0, (fileLimit ?? Number.POSITIVE_INFINITY) - reservedFiles)
  if (wanted <= left) return { connectionsPerTarget: connections, udpSocketsPerTarget: udpSockets, note: undefined }
  const share = (most: number): number => Math.max(1, Math.floor((most * left) / wanted))
  const fewer = { connectionsPerTarget: share(connections), udpSocketsPerTarget: share(udpSockets) }
  const parts = [
    ...(httpTargets > 0 ? [`${fewer.connectionsPerTarget} connections in place of ${connections} to each HTTP target`] : []),
    ...(udpTargets > 0 ? [`${fewer.udpSocketsPerTarget} sockets in place of ${udpSockets} to each UDP target`] : []),
  ]
  return { ...fewer, note: `This process may open ${fileLimit} files: ${parts.join(' and ')}; a higher ulimit -n allows more.` }
}
