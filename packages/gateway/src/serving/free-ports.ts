import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { portError } from './port-error.ts'
import type { ServingConfig, ServingPorts } from './serving-config.ts'

/**
 * Opens each port for a moment without sharing it.
 * @throws TrinityError `TRN_PORT_UNAVAILABLE`
 */
export async function requireFreePorts({ host, udp }: ServingConfig, { lpo, udpLpo }: ServingPorts): Promise<void> {
  if (lpo !== 0) await tryTcp(host, lpo).catch((error: unknown) => Promise.reject(portError(error, host, lpo, 'TCP_PORT_LPO')))
  if (udp !== undefined && udpLpo !== 0)
    await tryUdp(host, udpLpo).catch((error: unknown) => Promise.reject(portError(error, host, udpLpo, 'UDP_PORT_LPO')))
}

/** Opens a TCP port for a moment; rejects where that can't be. */
export async function tryTcp(host: string, port: number): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen({ host, port }, resolve))
  await new Promise((resolve) => server.close(resolve))
}

/** Opens a UDP port for a moment; rejects where that can't be. */
export async function tryUdp(host: string, port: number): Promise<void> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  await new Promise<void>((resolve, reject) => socket.once('error', reject).bind(port, host, resolve))
  await new Promise<void>((resolve) => socket.close(() => resolve()))
}
