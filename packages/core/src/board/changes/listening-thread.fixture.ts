import { parentPort, workerData } from 'node:worker_threads'
import { ChangeReader } from './change-reader.ts'

/** What a listening thread is given. */
export interface ListeningOrder {
  readonly log: SharedArrayBuffer
  /** The last note stands here before it is written to the log: what "looks at everything" means. */
  readonly newest: SharedArrayBuffer
  /** The note after which the thread reports. */
  readonly last: number
}

/** What it heard. */
export interface ListeningReport {
  readonly heard: number
  readonly overruns: number
  /** Notes that came twice, out of order, or after a gap that no overrun told of. */
  readonly wrong: readonly string[]
}

const { log, newest, last } = workerData as ListeningOrder
const everything = new Int32Array(newest)
let [heard, overruns, known] = [0, 0, -1]
let mayJump = false
const wrong: string[] = []

// Listening alone would not keep the thread.
parentPort?.ref()
const stop = new ChangeReader(log).listen(
  (note) => {
    heard++
    // After an overrun the next note is any that is newer than the overrun; what was looked at by then may come once more.
    if (mayJump ? note > known + 1 : note !== known + 1) wrong.push(`${note} after ${known}`)
    if (note > known) {
      mayJump = false
      known = note
    }
    endAt(note)
  },
  () => {
    overruns++
    known = Atomics.load(everything, 0)
    mayJump = true
    endAt(known)
  },
)
parentPort?.postMessage('listening')

function endAt(note: number): void {
  if (note < last) return
  stop()
  parentPort?.unref()
  parentPort?.postMessage({ heard, overruns, wrong } satisfies ListeningReport)
}
