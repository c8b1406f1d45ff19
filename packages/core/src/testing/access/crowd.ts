import { Worker } from 'node:worker_threads'
import type { CrowdOrder, CrowdReport } from './crowd-worker.ts'

/** Threads that use keys of one table at the same time. */
export async function runCrowd(threads: number, order: Omit<CrowdOrder, 'threads' | 'thread' | 'barrier'>): Promise<readonly CrowdReport[]> {
  const barrier = new SharedArrayBuffer(8)
  return Promise.all(Array.from({ length: threads }, (_, thread) => runWorker({ ...order, threads, thread, barrier })))
}

function runWorker(order: CrowdOrder): Promise<CrowdReport> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./crowd-worker.ts', import.meta.url), { workerData: order })
    worker.once('message', (report: CrowdReport) => resolve(report))
    worker.once('error', reject)
  })
}
