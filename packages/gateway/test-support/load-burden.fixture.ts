/**
 * Loaded before a server (`--import`) into each of its threads, it makes every price cost as many milliseconds as LOAD_BURDEN_MS says.
 * The thread sleeps them away, so that the load generator has the processor meanwhile; what comes in waits all the same.
 */
import { PriceFinder } from '@trinity/core'

const burdenMs = Number(process.env.LOAD_BURDEN_MS)
const nobody = new Int32Array(new SharedArrayBuffer(4))
const find = PriceFinder.prototype.best

PriceFinder.prototype.best = function best(...args) {
  Atomics.wait(nobody, 0, 0, burdenMs)
  return find.apply(this, args)
}
