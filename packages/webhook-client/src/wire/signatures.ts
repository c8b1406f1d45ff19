import { bytesFromBase64 } from './base64.ts'
import type { ImportedKey } from './keys.ts'

/**
 * Waits, where the runtime has a way to, until everything else of this turn of the event loop was done. A thread woken for
 * one check costs more than the check: those of one turn are handed over one after another, and a thread awake takes several.
 * Looked up when this is loaded, so that a clock which a test replaces afterwards can't hold it up.
 */
const nextTurn = globalThis.setImmediate ?? queueMicrotask

/** The kind of signature that a key makes or checks. */
export function versionOf({ algorithm }: ImportedKey): string {
  return algorithm.name === 'HMAC' ? 'v1' : 'v1a'
}

/**
 * What every key says of every signature of its kind, whatever the others say: how long it takes tells nothing about the
 * content. Kinds that no key is of are skipped, so that a sender may add one.
 */
export function verdictsOn(signatures: string, signed: Uint8Array<ArrayBuffer>, keys: readonly ImportedKey[]): Promise<readonly boolean[]> {
  const turn = new Promise((resolve) => nextTurn(resolve))
  const verdicts: Promise<boolean>[] = []
  for (const key of keys) {
    for (const entry of signatures.split(' ')) {
      const [version, text] = entry.split(',')
      const signature = version === versionOf(key) && bytesFromBase64(text as string)
      // Some runtimes throw at any other length.
      if (signature && signature.length === (version === 'v1' ? 32 : 64)) {
        verdicts.push(turn.then(() => crypto.subtle.verify(key.algorithm, key, signature, signed)))
      }
    }
  }
  return Promise.all(verdicts)
}
