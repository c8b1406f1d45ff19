import { type ClientEnvironment, systemEnvironment } from '../src/index.ts'

/** Time that only passes when told to, with real sockets and real chance. */
export class ManualTime {
  readonly environment: ClientEnvironment
  readonly #timers = new Set<{ readonly at: number; readonly action: () => void }>()
  #elapsed = 5_000_000

  constructor(overrides: Partial<ClientEnvironment> = {}) {
    this.environment = {
      ...systemEnvironment,
      elapsed: () => this.#elapsed,
      after: (delayMs, action) => {
        const timer = { at: this.#elapsed + delayMs, action }
        this.#timers.add(timer)
        return () => this.#timers.delete(timer)
      },
      ...overrides,
    }
  }

  /** Timers that wait. */
  get waiting(): number {
    return this.#timers.size
  }

  /** Lets time pass and fires what falls due, in order. */
  pass(ms: number): void {
    const end = this.#elapsed + ms
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)
      if (next === undefined) break
      this.#timers.delete(next)
      this.#elapsed = next.at
      next.action()
    }
    this.#elapsed = end
  }
}

/** Waits for what comes by a real socket. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 5000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`never came true: ${String(condition)}`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

/** Lets datagrams that are already sent arrive. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 30))
}
