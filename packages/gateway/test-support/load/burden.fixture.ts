/**
 * Loaded before a server (`--import`) into each of its threads, it makes every answer with a price cost as many milliseconds as
 * LOAD_BURDEN_MS says, at the place where both doors count it: behind all limits, right before it leaves. The thread sleeps them away, so
 * that the load generator has the processor meanwhile; what comes in waits all the same.
 */
import { UsageRecorder } from '@trinity/core'

const burdenMs = Number(process.env.LOAD_BURDEN_MS)
const nobody = new Int32Array(new SharedArrayBuffer(4))
const record = UsageRecorder.prototype.record

UsageRecorder.prototype.record = function recordLate(...request) {
  const status = request.at(-1)
  if (status === 200) Atomics.wait(nobody, 0, 0, burdenMs)
  record.apply(this, request)
}
