import { wireSize } from '@trinity/udp'
import type { Datagram } from './datagram.ts'
import { type Outcome, outcome } from './outcome/outcome.ts'
import { slotBytes } from './transport/transport.ts'

/** A question in text mode; what was missing or not a text is undefined. */
export interface TextRequest {
  readonly asset: string | undefined
  readonly key: string | undefined
}

/** An answer in text mode. */
export interface TextAnswer {
  readonly status: number
  /** One line of JSON: that of `GET /price`, or an error's. */
  readonly body: string
}

/** Answers a question with the key in clear; undefined is one that was no JSON object. */
export type AnswerText = (request: TextRequest | undefined) => TextAnswer

const brace = 0x7b
/** How every answer in text mode begins, this server's and those of others. */
const answerStart = new TextEncoder().encode('{"status_code":')
const decoder = new TextDecoder('utf-8', { fatal: true })
const encoder = new TextEncoder()

/** Whether a datagram is meant for text mode: it begins with `{`. */
export function isText({ memory, at, length }: Datagram): boolean {
  return length > 0 && memory[at] === brace
}

/** Answers a person on loopback; anywhere else this would send keys in clear and amplify, so the rest is silence. */
export function answerInText(datagram: Datagram, answerText: AnswerText | undefined): Outcome {
  if (answerText === undefined || !isLoopback(datagram.source, datagram.sourceAt) || isAnswer(datagram)) return outcome.textMode
  const { memory, at, length, answerAt } = datagram
  const { status, body } = answerText(readText(memory.subarray(at, at + length)))
  const { read, written } = encoder.encodeInto(`${body}\n`, memory.subarray(answerAt, answerAt + Math.min(wireSize.datagramMost, slotBytes)))
  if (read <= body.length) return outcome.internal
  datagram.answerLength = written
  return status === 200 ? outcome.text : outcome.textRefused
}

/** Two servers, or one whose own address was forged, would answer each other for ever. */
function isAnswer({ memory, at, length }: Datagram): boolean {
  return length >= answerStart.length && answerStart.every((byte, i) => memory[at + i] === byte)
}

/** 127.0.0.0/8 and ::1. */
function isLoopback(source: Int32Array, at: number): boolean {
  if (source[at] !== 0 || source[at + 1] !== 0) return false
  const low = source[at + 3] ?? 0
  return source[at + 2] === 0xffff ? low >>> 24 === 127 : source[at + 2] === 0 && low === 1
}

function readText(bytes: Uint8Array): TextRequest | undefined {
  try {
    const { asset, key } = JSON.parse(decoder.decode(bytes)) as Record<string, unknown>
    return { asset: textOf(asset), key: textOf(key) }
  } catch {
    return undefined
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
