import { readFileSync } from 'node:fs'

/** One datagram of `vectors.json`. */
export interface MessageVector {
  readonly name: string
  readonly type: number
  readonly length: number
  readonly hex: string
  // Each type has fields of its own, which the test that reads them knows.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly fields: any
}

/** The published vectors of the protocol. */
export interface Vectors {
  readonly siphash: { readonly key: string; readonly tags: readonly string[] }
  readonly keys: Readonly<Record<'apiKey' | 'macKey' | 'keyId' | 'clientNonce' | 'serverNonce' | 'sessionKey', string>>
  readonly mac16: readonly { readonly message: string; readonly mac: string }[]
  readonly messages: readonly MessageVector[]
}

export const vectors = JSON.parse(readFileSync(new URL('../vectors.json', import.meta.url), 'utf8')) as Vectors
