import { type ErrorCode, TrinityError, isTrinityError } from '@trinity/core'
import type { Control } from './control.ts'

/** A question to the main thread, and its answer; matched by their number. */
export interface ControlQuestion {
  readonly type: 'ask'
  readonly id: number
  readonly name: keyof Control
  readonly args: readonly unknown[]
}

/** An error keeps its code across the thread; what is not ours becomes `TRN_INTERNAL`. */
export interface ControlAnswer {
  readonly type: 'answer'
  readonly id: number
  readonly value?: unknown
  readonly error?: { readonly code: ErrorCode; readonly message: string }
}

const names = [
  'fetch',
  'touch',
  'exchanges',
  'health',
  'unready',
  'status',
  'issueTicket',
  'redeemTicket',
] as const satisfies readonly (keyof Control)[]

/** The questions of one serving thread that are not answered yet. */
export class ControlLink {
  readonly control: Control
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  #lastId = 0

  constructor(send: (question: ControlQuestion) => void) {
    const ask = (name: keyof Control, args: readonly unknown[]): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const id = ++this.#lastId
        this.#pending.set(id, { resolve, reject })
        send({ type: 'ask', id, name, args })
      })
    this.control = Object.fromEntries(names.map((name) => [name, (...args: unknown[]) => ask(name, args)])) as unknown as Control
  }

  take({ id, value, error }: ControlAnswer): void {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    if (error === undefined) pending?.resolve(value)
    else pending?.reject(new TrinityError(error.code, error.message))
  }
}

/** Answers a question of a serving thread; never rejects. */
export async function answerControl(control: Control, { id, name, args }: ControlQuestion): Promise<ControlAnswer> {
  try {
    const value: unknown = await (control[name] as (...given: readonly unknown[]) => Promise<unknown>)(...args)
    return { type: 'answer', id, value }
  } catch (error) {
    const known = isTrinityError(error) ? error : new TrinityError('TRN_INTERNAL', 'The service failed to answer; try again.')
    return { type: 'answer', id, error: { code: known.code, message: known.message } }
  }
}
