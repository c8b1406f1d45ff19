/** Preloaded into a server: notes for each of its threads the most CPU time between two ticks of the event loop, and heaps after a collection. */
import { appendFileSync } from 'node:fs'
import process from 'node:process'
import { threadId } from 'node:worker_threads'

const file = process.env.WATCH_FILE ?? ''
const collect = (globalThis as { readonly gc?: () => void }).gc
let last = process.threadCpuUsage()
let worstMs = 0

function tick(): void {
  const usage = process.threadCpuUsage()
  worstMs = Math.max(worstMs, (usage.user + usage.system - last.user - last.system) / 1000)
  last = usage
  setTimeout(tick, 1).unref()
}

function note(line: object): void {
  appendFileSync(file, `${JSON.stringify({ at: Date.now(), threadId, ...line })}\n`)
}

tick()
setInterval(() => {
  note({ worstMs })
  worstMs = 0
}, 250).unref()
if (process.env.WATCH_HEAP === '1' && collect !== undefined) {
  setInterval(() => {
    collect()
    const { heapUsed, external } = process.memoryUsage()
    note({ heapBytes: heapUsed + external })
    last = process.threadCpuUsage()
  }, 60_000).unref()
}
