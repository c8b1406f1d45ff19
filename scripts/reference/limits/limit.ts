import { type ErrorCode, errorTable } from '@trinity/core'
import { refusalCode } from '@trinity/udp'

/** A bound on what strangers and callers can hold or do. */
export interface Limit {
  readonly what: string
  readonly value: string
  /** Environment variable or price parameter that sets it. */
  readonly setting?: string
  /** What a caller notices who reaches it. */
  readonly seen: string
  /** The test that proves it, from the root of the repository. */
  readonly test: string
}

export const count = (value: number): string => value.toLocaleString('en')
export const bytes = (value: number): string => `${count(value)} bytes`
export const share = (part: number): string => `${part * 100} %`

/** A time in the largest unit that it is whole in. */
export function time(ms: number): string {
  const [size, unit] = (
    [
      [3_600_000, 'h'],
      [1000, 's'],
    ] as const
  ).find(([each]) => ms >= each && ms % each === 0) ?? [1, 'ms']
  return `${count(ms / size)} ${unit}`
}

/** How an error is seen over HTTP. */
export const error = (code: ErrorCode): string => `${errorTable[code].status} \`${code}\``

/** How a refusal is seen over UDP. */
export const udpError = (kind: keyof typeof refusalCode): string => `ERROR ${refusalCode[kind]}`

export const variable = ({ variable: name }: { readonly variable: string }): string => `\`${name}\``
