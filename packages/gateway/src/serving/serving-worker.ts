import { parentPort, workerData } from 'node:worker_threads'
import { TrinityError, createSystemClock, isTrinityError, monotonicMs } from '@trinity/core'
import type { Log } from '../log.ts'
import { ControlLink } from './control-link.ts'
import { createServingUnit } from './serving-unit.ts'
import { shrinkHeap } from './shrink-heap.ts'
import type { FromWorker, LogMessage, ToWorker, WorkerStart } from './worker-messages.ts'

if (parentPort === null) throw new TrinityError('TRN_INTERNAL', 'This module is the body of a worker thread; start the gateway instead.')
const port = parentPort
const { config, state, region, logLevel } = workerData as WorkerStart
const send = (message: FromWorker): void => port.postMessage(message)
const link = new ControlLink(send)
const unit = await createServingUnit({
  config,
  state,
  region,
  control: link.control,
  clock: createSystemClock(config.clockZeroMs),
  log: remoteLog(logLevel),
  monotonicMs,
  reusePort: true,
  onSpill: (row) => send({ type: 'spill', row }),
})

port.on('message', (message: ToWorker) => {
  if (message.type === 'answer') link.take(message)
  else if (message.type === 'listen') void listen(message.ports)
  else void unit.stop().then(() => port.close())
})

async function listen(ports: Parameters<typeof unit.listen>[0]): Promise<void> {
  shrinkHeap()
  try {
    send({ type: 'listening', ...(await unit.listen(ports)) })
  } catch (error) {
    const { code, message } = isTrinityError(error) ? error : new TrinityError('TRN_INTERNAL', String(error))
    send({ type: 'refused', code, message })
  }
}

function remoteLog(level: string): Log {
  const write =
    (lineLevel: LogMessage['level']) =>
    (fields: unknown, text?: string): void =>
      send({ type: 'log', level: lineLevel, fields, text })
  return { level, debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}
