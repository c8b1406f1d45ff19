import { Worker } from 'node:worker_threads'
import { createBoard } from '../../board/board.ts'
import type { TornReadsOrder, TornReadsReport } from './torn-reads-worker.ts'

const slots = 4

/**
 * Reads a board in worker threads while another one writes it as fast as it can; reports of the readers, then of the writer.
 * @param changesEach how many changed prices each reader must meet before it may stop
 */
export async function runTornReads(readers: number, readsEach: number, changesEach: number): Promise<readonly TornReadsReport[]> {
  const { buffer } = createBoard(slots)
  const stop = new SharedArrayBuffer(4)
  const work = (role: TornReadsOrder['role']): Promise<TornReadsReport> =>
    runWorker({ role, buffer, stop, slots, reads: readsEach, changes: changesEach })
  const writing = work('writer')
  try {
    return [...(await Promise.all(Array.from({ length: readers }, () => work('reader')))), await stopAndWait()]
  } finally {
    await stopAndWait()
  }

  function stopAndWait(): Promise<TornReadsReport> {
    Atomics.store(new Int32Array(stop), 0, 1)
    return writing
  }
}

function runWorker(order: TornReadsOrder): Promise<TornReadsReport> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./torn-reads-worker.ts', import.meta.url), { workerData: order })
    worker.once('message', (report: TornReadsReport) => resolve(report))
    worker.once('error', reject)
  })
}
