import type { ChildApi, Question, Reply } from '../child.fixture.ts'

/** Lets the parent process ask; the process ends when the parent is gone. */
export function answerParent(api: ChildApi): void {
  process.on('message', ({ id, name, args }: Question) => void answer(id, name, args))
  process.on('disconnect', () => process.exit())

  async function answer(id: number, name: string, args: readonly unknown[]): Promise<void> {
    let reply: Reply
    try {
      const action = api[name] as ((...given: readonly unknown[]) => unknown) | undefined
      if (action === undefined) throw new Error(`Nobody knows how to ${name}.`)
      reply = { id, value: await action(...args) }
    } catch (error) {
      reply = { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
    }
    process.send?.(reply)
  }
}
