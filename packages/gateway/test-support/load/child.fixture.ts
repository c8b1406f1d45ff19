import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** What a child process can be asked. */
export type ChildApi = Readonly<Record<string, (...args: never[]) => unknown>>

/** The questions to a child process as the test sees them. */
type Asked<Api extends ChildApi> = {
  readonly [Name in keyof Api]: (...args: Parameters<Api[Name]>) => Promise<Awaited<ReturnType<Api[Name]>>>
}

/** A process of its own, which goes away with the test. */
export interface LoadChild<Api extends ChildApi> {
  readonly pid: number
  readonly ask: Asked<Api>
  /** Ends it without a word. */
  kill(): void
}

export interface Question {
  readonly id: number
  readonly name: string
  readonly args: readonly unknown[]
}

export interface Reply {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

/** Starts a module of this folder as a process that answers questions (`answerParent`); flags are Node's own. */
export function startChild<Api extends ChildApi>(module: string, flags: readonly string[] = []): LoadChild<Api> {
  const file = fileURLToPath(new URL(module, import.meta.url))
  const child = fork(file, [], { serialization: 'advanced', execArgv: ['--conditions=@trinity/source', ...flags] })
  const pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let lastId = 0
  let gone: string | undefined
  const kill = (): void => void child.kill('SIGKILL')
  onTestFinished(kill)
  child.on('message', ({ id, value, error }: Reply) => {
    const question = pending.get(id)
    pending.delete(id)
    if (error === undefined) question?.resolve(value)
    else question?.reject(new Error(error))
  })
  child.on('exit', (code, signal) => {
    gone = `${module} ended with ${code ?? signal ?? ''}.`
    for (const { reject } of pending.values()) reject(new Error(gone))
  })
  const ask = (name: string, args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (gone !== undefined) return reject(new Error(gone))
      const question: Question = { id: ++lastId, name, args }
      pending.set(question.id, { resolve, reject })
      child.send(question)
    })
  const asked = new Proxy(
    {},
    {
      get:
        (_, name: string) =>
        (...args: unknown[]) =>
          ask(name, args),
    },
  ) as Asked<Api>
  return { pid: child.pid ?? 0, ask: asked, kill }
}
