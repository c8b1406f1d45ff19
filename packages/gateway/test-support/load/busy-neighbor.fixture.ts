/** A process that uses all the CPU that it gets. */
let sum = 0
const work = (): void => {
  for (let i = 0; i < 1e7; i++) sum = (sum + i) % 1_000_003
  setImmediate(work)
}
work()
