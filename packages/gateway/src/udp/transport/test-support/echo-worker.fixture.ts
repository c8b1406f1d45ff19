import { parentPort, workerData } from 'node:worker_threads'
import { openTransport } from '../open-transport.ts'
import { type UdpTransport, batchSlots, slotBytes } from '../transport.ts'

/** What a worker of the storm is told. */
export interface EchoWorkerData {
  readonly kind: UdpTransport['kind']
  /** How it ends: itself from within the handler, itself by closing first, or by somebody else. */
  readonly end: 'exit-in-handler' | 'throw-in-handler' | 'close' | 'terminate'
  /** Batches until it ends itself. */
  readonly batches: number
}

const { kind, end, batches } = workerData as EchoWorkerData
let batchesLeft = batches

const { transport } = await openTransport(
  kind,
  {
    host: '127.0.0.1',
    port: 0,
    reusePort: true,
    memory: new Uint8Array(2 * batchSlots * slotBytes),
    memoryStart: 0,
    handle({ first, end: last, memory, rxStart, txStart, rxLength, txLength }) {
      for (let i = first; i < last; i++) {
        const length = rxLength[i] ?? 0
        memory.copyWithin(txStart + i * slotBytes, rxStart + i * slotBytes, rxStart + i * slotBytes + length)
        txLength[i] = length
      }
      batchesLeft--
      if (batchesLeft > 0 || end === 'terminate') return
      if (end === 'exit-in-handler') process.exit()
      if (end === 'close') void transport.close()
      else process.nextTick(() => process.exit())
      if (end === 'throw-in-handler') throw new Error('on the way out')
    },
  },
  'UDP_PORT',
)
parentPort?.postMessage(transport.port)
